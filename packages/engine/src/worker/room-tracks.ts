import type { MonotonicMs } from '@rivero/core';
import type { RtpCodec } from '@rivero/protocol/sdp';
import type { MediaKind } from '../contract.ts';
import { matchingCodec } from '../negotiation/index.ts';

/** A track that somebody publishes in the room. */
export interface RoomTrack {
  readonly trackId: string;
  readonly kind: MediaKind;
  /** All codecs in which it may come, first the one in which it will if nothing comes yet. */
  readonly codecs: readonly RtpCodec[];
  /** Ties its publisher's tracks together at the receivers (RFC 3550 section 6.5.1). */
  readonly cname: string;
  /** Whose it is. */
  readonly publisher: object;
  /** In which it comes now. */
  codec: RtpCodec;
  /** The codec is known from packets, not from the negotiation alone. */
  isHeard: boolean;
}

/** Who waits for a track of some name, or sends it. */
export interface TrackWatcher {
  /** It is published, gone, or comes in another codec. */
  handleTrack(now: MonotonicMs): void;
}

export interface RoomTracksHandlers {
  /** The track is gone, or comes in another codec: told before those who watch it are. */
  readonly onUnfit: (trackId: string) => void;
  /** It is another one under the same name: what could not be received may be received now, and the other way round. */
  readonly onRenewed: (trackId: string) => void;
  /** `isRenewed`: in the place of one of its name just withdrawn. */
  readonly onPublished: (track: RoomTrack, isRenewed: boolean) => void;
  readonly onWithdrawn: (trackId: string) => void;
  readonly onHeard: (track: RoomTrack) => void;
}

/** The tracks of one room by name, and who watches each, published or not. */
export class RoomTracks {
  readonly #tracks = new Map<string, RoomTrack>();
  readonly #watchers = new Map<string, Set<TrackWatcher>>();
  readonly #handlers: RoomTracksHandlers;

  constructor(handlers: RoomTracksHandlers) {
    this.#handlers = handlers;
  }

  get(trackId: string): RoomTrack | undefined {
    return this.#tracks.get(trackId);
  }

  all(): Iterable<RoomTrack> {
    return this.#tracks.values();
  }

  publish(track: RoomTrack, now: MonotonicMs): void {
    this.#set(track, false, now);
  }

  /** Publishes what took the place of a track just withdrawn. */
  renew(track: RoomTrack, now: MonotonicMs): void {
    this.#set(track, true, now);
    this.#handlers.onRenewed(track.trackId);
  }

  /** Its producer is closed. */
  withdraw(trackId: string, now: MonotonicMs): void {
    if (!this.#tracks.delete(trackId)) return;
    this.#handlers.onWithdrawn(trackId);
    this.#handlers.onUnfit(trackId);
    this.#tell(trackId, now);
  }

  /** Packets come, with this payload type. */
  hear(trackId: string, payloadType: number, now: MonotonicMs): void {
    const track = this.#tracks.get(trackId);
    const codec = track?.codecs.find((one) => one.payloadType === payloadType);
    if (track === undefined || codec === undefined || (track.isHeard && track.codec === codec)) return;
    const isOther = matchingCodec([track.codec], codec) === undefined;
    track.isHeard = true;
    track.codec = codec;
    this.#handlers.onHeard(track);
    this.#handlers.onUnfit(trackId);
    this.#tell(trackId, now);
    if (isOther) this.#handlers.onRenewed(trackId);
  }

  watch(trackId: string, watcher: TrackWatcher): void {
    const watchers = this.#watchers.get(trackId);
    if (watchers === undefined) this.#watchers.set(trackId, new Set([watcher]));
    else watchers.add(watcher);
  }

  unwatch(trackId: string, watcher: TrackWatcher): void {
    const watchers = this.#watchers.get(trackId);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#watchers.delete(trackId);
  }

  #set(track: RoomTrack, isRenewed: boolean, now: MonotonicMs): void {
    this.#tracks.set(track.trackId, track);
    this.#handlers.onPublished(track, isRenewed);
    this.#tell(track.trackId, now);
  }

  #tell(trackId: string, now: MonotonicMs): void {
    for (const watcher of this.#watchers.get(trackId) ?? []) watcher.handleTrack(now);
  }
}
