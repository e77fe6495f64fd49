import { CodedError, type MonotonicMs } from '@rivero/core';
import type { RtpCodec } from '@rivero/protocol/sdp';
import type { Router, RouterSessionId } from '@rivero/router';
import type { MediaKind } from '../../contract.ts';
import type { EndpointChange } from '../../endpoint-contract.ts';
import { type EndpointSection, type EndpointSent, isSame, matchingCodec } from '../../negotiation/index.ts';
import type { RoomTrack, RoomTracks, TrackWatcher } from '../room-tracks.ts';
import { senderParameters, senderSource } from '../router-parameters.ts';

export interface SentSourceOptions {
  readonly senderId: string;
  readonly kind: MediaKind;
  readonly router: Router;
  readonly routerSession: RouterSessionId;
  readonly tracks: RoomTracks;
  readonly onChange: (change: EndpointChange) => void;
}

/**
 * What an endpoint sends of one kind: the track that is wished for, from when somebody publishes it and the remote side
 * has agreed to a codec of it. The SSRCs stay, whatever goes out under them.
 */
export class SentSource implements TrackWatcher {
  readonly #options: SentSourceOptions;
  #wish: string | undefined;
  #place: EndpointSent | undefined;
  #codecs: readonly RtpCodec[] = [];
  #carried: { readonly trackId: string; readonly codec: RtpCodec } | undefined;
  /** Of this source it was told that its codecs are of no use. */
  #toldOf: string | undefined;

  constructor(options: SentSourceOptions) {
    this.#options = options;
  }

  /** The track that goes out now, and how the remote side calls its codec. */
  get carried(): { readonly trackId: string; readonly codec: RtpCodec } | undefined {
    return this.#carried;
  }

  get senderId(): string {
    return this.#options.senderId;
  }

  /** `undefined`: nothing. */
  setWish(trackId: string | undefined, now: MonotonicMs): void {
    if (trackId === this.#wish) return;
    const { tracks } = this.#options;
    if (this.#wish !== undefined) tracks.unwatch(this.#wish, this);
    this.#wish = trackId;
    this.#toldOf = undefined;
    if (trackId !== undefined) tracks.watch(trackId, this);
    this.#match(now);
  }

  /** What was negotiated; `undefined`: the kind has no section any more. */
  negotiate(section: EndpointSection | undefined, now: MonotonicMs): void {
    const { router, routerSession, senderId } = this.#options;
    const isMoved = section !== undefined && (this.#place === undefined || !isSame(this.#place, section.sent));
    if (isMoved) {
      if (this.#place !== undefined) router.closeSender(senderId);
      this.#carried = undefined;
      this.#place = section.sent;
      router.openSender(senderId, routerSession, senderParameters(section.sent));
    }
    this.#codecs = section?.sentCodecs ?? [];
    this.#match(now);
  }

  handleTrack(now: MonotonicMs): void {
    this.#match(now);
  }

  /** Waits for no track any more; its sender ends with the session. */
  close(): void {
    if (this.#wish !== undefined) this.#options.tracks.unwatch(this.#wish, this);
    this.#wish = undefined;
  }

  #match(now: MonotonicMs): void {
    const { router, senderId, tracks, kind } = this.#options;
    if (this.#place === undefined) return;
    const wished = this.#wish === undefined ? undefined : tracks.get(this.#wish);
    const track = wished?.kind === kind ? wished : undefined;
    const codec = track && matchingCodec(this.#codecs, track.codec);
    if (track !== undefined && codec !== undefined && this.#carry(track.trackId, codec, now)) return;
    if (this.#carried !== undefined) router.setSenderSource(senderId, undefined, now);
    this.#carried = undefined;
    if (track !== undefined && codec === undefined) this.#tellDifference(track);
  }

  /** False: the track has as many receivers as it can have. */
  #carry(trackId: string, codec: RtpCodec, now: MonotonicMs): boolean {
    const { router, senderId } = this.#options;
    try {
      router.setSenderSource(senderId, senderSource(trackId, codec), now);
      this.#carried = { trackId, codec };
      return true;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      return false;
    }
  }

  /** Where nothing came yet, another of its codecs may come that can be sent. */
  #tellDifference({ trackId, codec, codecs, isHeard }: RoomTrack): void {
    const { kind, onChange } = this.#options;
    const mayFit = !isHeard && codecs.some((one) => matchingCodec(this.#codecs, one) !== undefined);
    if (this.#codecs.length === 0 || mayFit || this.#toldOf === trackId) return;
    this.#toldOf = trackId;
    const sinkCodecs = [...new Set(this.#codecs.map(({ name }) => name))];
    onChange({ type: 'codecs-differ', kind, trackId, sourceCodec: codec.name, sinkCodecs });
  }
}
