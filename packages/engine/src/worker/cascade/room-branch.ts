import type { MonotonicMs } from '@rivero/core';
import type { Router } from '@rivero/router';
import type { RoomTrack, RoomTracks } from '../room-tracks.ts';
import { ImportedPublisher } from './imported-publisher.ts';
import type { Link } from './link.ts';
import type { BranchMessage, TrackDescription } from './link-message.ts';
import type { Links, LinkedTrack } from './links.ts';
import { TrackSink } from './track-sink.ts';

type Published = BranchMessage & { readonly type: 'published' };

export interface RoomBranchOptions<Room> {
  readonly room: Room;
  /** Of the room, the same in all workers. */
  readonly number: number;
  /** Here it is decided who speaks. */
  readonly isHome: boolean;
  readonly router: Router;
  readonly tracks: RoomTracks;
  readonly links: Links<Room>;
  readonly link: Link<LinkedTrack<Room>>;
}

/** The branch of a room in one other worker, as seen from here: our tracks that it knows of, and its tracks here. */
export class RoomBranch<Room> {
  readonly #options: RoomBranchOptions<Room>;
  readonly #sinks = new Map<string, TrackSink<Room>>();
  readonly #sinksByNumber = new Map<number, string>();
  /** Numbers of our publishers. */
  readonly #ownPublishers = new WeakMap<object, number>();
  #ownPublisherCount = 0;
  readonly #publishers = new Map<number, ImportedPublisher>();
  /** Who publishes its tracks that are here, by their numbers. */
  readonly #imported = new Map<number, { readonly trackId: string; readonly publisher: number }>();
  /** Of a name that another track here has still: what ended that one comes by another link, and may come later. */
  readonly #waiting = new Map<number, Published>();

  constructor(options: RoomBranchOptions<Room>) {
    this.#options = options;
  }

  publish(track: RoomTrack, isRenewed: boolean): void {
    const { router, link, links } = this.#options;
    const { trackId } = track;
    const isVoice = router.cascade.isVoice(trackId);
    const description = this.#describe(track, isVoice);
    if (description === undefined) return;
    const sink = new TrackSink({ link, links, post: this.#post }, isVoice);
    this.#sinks.set(trackId, sink);
    this.#sinksByNumber.set(sink.number, trackId);
    this.#post({ type: 'published', track: sink.number, description, isRenewed });
  }

  withdraw(trackId: string): void {
    const sink = this.#sinks.get(trackId);
    if (sink === undefined) return;
    this.#sinks.delete(trackId);
    this.#sinksByNumber.delete(sink.number);
    this.#post({ type: 'withdrawn', track: sink.number });
  }

  hear({ trackId, codec }: RoomTrack): void {
    const sink = this.#sinks.get(trackId);
    if (sink !== undefined) this.#post({ type: 'heard', track: sink.number, payloadType: codec.payloadType });
  }

  /** Says it when the track became the voice of its publisher, or is it no more. */
  tellVoice(trackId: string): void {
    const sink = this.#sinks.get(trackId);
    const isVoice = this.#options.router.cascade.isVoice(trackId);
    if (sink === undefined || sink.isVoice === isVoice) return;
    sink.isVoice = isVoice;
    this.#post({ type: 'voice', track: sink.number, isVoice });
  }

  /** Opens those tracks that wait for a name that is free by now. */
  openWaiting(now: MonotonicMs): void {
    if (this.#waiting.size === 0) return;
    for (const message of this.#waiting.values()) {
      if (this.#options.tracks.get(message.description.trackId) !== undefined) continue;
      this.#waiting.delete(message.track);
      this.#open(message, now);
    }
  }

  handleMessage(message: BranchMessage, now: MonotonicMs): void {
    const waiting = this.#waiting.get(message.track);
    if (waiting !== undefined) this.#renewWaiting(waiting, message);
    switch (message.type) {
      case 'published':
        return this.#open(message, now);
      case 'withdrawn':
        return this.#withdrawImported(message.track, now);
      case 'heard': {
        const trackId = this.#imported.get(message.track)?.trackId;
        if (trackId === undefined) return;
        this.#options.router.cascade.setCodec(trackId, message.payloadType);
        return this.#options.tracks.hear(trackId, message.payloadType, now);
      }
      case 'voice': {
        const imported = this.#imported.get(message.track);
        if (imported !== undefined)
          this.#publishers.get(imported.publisher)?.setVoice(imported.trackId, message.isVoice);
        return;
      }
      case 'clock': {
        const trackId = this.#imported.get(message.track)?.trackId;
        if (trackId !== undefined) this.#options.router.cascade.setClock(trackId, message.clock);
        return;
      }
      case 'wish':
      case 'keyframe-wanted':
      case 'limit':
        return this.#handleWish(message, now);
    }
  }

  /** Its tracks end here, and ours go there no more, also where something is broken; what that threw is answered. */
  close(now: MonotonicMs): readonly unknown[] {
    const { router } = this.#options;
    const errors: unknown[] = [];
    const attempt = (action: () => void): void => {
      try {
        action();
      } catch (error) {
        errors.push(error);
      }
    };
    this.#waiting.clear();
    for (const [trackId, sink] of this.#sinks) router.cascade.setExport(trackId, sink, 'nothing', now);
    this.#sinks.clear();
    this.#sinksByNumber.clear();
    for (const track of this.#imported.keys()) attempt(() => this.#withdrawImported(track, now));
    // Those of whose tracks one could not be withdrawn.
    for (const publisher of this.#publishers.values()) attempt(() => publisher.close());
    this.#publishers.clear();
    return errors;
  }

  readonly #post = (message: BranchMessage): void => this.#options.link.post({ room: this.#options.number, message });

  #describe(track: RoomTrack, isVoice: boolean): TrackDescription | undefined {
    const { trackId, kind, codecs, codec, isHeard, cname, publisher } = track;
    const parameters = this.#options.router.cascade.parameters(trackId);
    if (parameters === undefined) return undefined;
    const number = this.#ownPublishers.get(publisher) ?? ++this.#ownPublisherCount;
    this.#ownPublishers.set(publisher, number);
    const codecIndex = codecs.indexOf(codec);
    return { trackId, kind, codecs, codecIndex, isHeard, cname, publisher: number, isVoice, parameters };
  }

  #handleWish(
    message: BranchMessage & { readonly type: 'wish' | 'keyframe-wanted' | 'limit' },
    now: MonotonicMs,
  ): void {
    const { router } = this.#options;
    const trackId = this.#sinksByNumber.get(message.track);
    const sink = trackId === undefined ? undefined : this.#sinks.get(trackId);
    if (trackId === undefined || sink === undefined) return;
    if (message.type === 'wish') router.cascade.setExport(trackId, sink, message.wish, now);
    else if (message.type === 'limit') router.cascade.limitExport(trackId, sink, message.takes, now);
    else router.requestKeyframe(trackId, now);
  }

  /** Where a track of its name is there still, it waits for the end of that one. */
  #open(message: Published, now: MonotonicMs): void {
    const { track: number, description, isRenewed } = message;
    const { tracks, router, link, links, room } = this.#options;
    const { trackId, kind, codecs, codecIndex, isHeard, cname, isVoice } = description;
    if (tracks.get(trackId) !== undefined) {
      links.counters.count('track-exists');
      this.#waiting.set(message.track, message);
      return;
    }
    const publisher = this.#publisher(description.publisher, now);
    publisher.add(trackId, number);
    router.openProducer(trackId, publisher.routerSession, { ...description.parameters, watchesFlow: false });
    // Who receives it agrees to the codec that the router has, and there may be several of one name.
    router.cascade.setCodec(trackId, codecs[codecIndex].payloadType);
    publisher.setVoice(trackId, isVoice);
    this.#imported.set(number, { trackId, publisher: description.publisher });
    link.tracks.set(number, { room, trackId });
    const track = { trackId, kind, codecs, codec: codecs[codecIndex], isHeard, cname, publisher };
    if (isRenewed) tracks.renew(track, now);
    else tracks.publish(track, now);
  }

  /** What is told of a track that waits is true of it when it opens; of its wishes there are none. */
  #renewWaiting(waiting: Published, message: BranchMessage): void {
    const { track, description } = waiting;
    if (message.type === 'withdrawn') {
      this.#waiting.delete(track);
    } else if (message.type === 'voice') {
      this.#waiting.set(track, { ...waiting, description: { ...description, isVoice: message.isVoice } });
    } else if (message.type === 'heard') {
      const codecIndex = description.codecs.findIndex(({ payloadType }) => payloadType === message.payloadType);
      if (codecIndex === -1) return;
      this.#waiting.set(track, { ...waiting, description: { ...description, codecIndex, isHeard: true } });
    }
  }

  #withdrawImported(number: number, now: MonotonicMs): void {
    const imported = this.#imported.get(number);
    if (imported === undefined) return;
    const { tracks, router, link } = this.#options;
    const { trackId } = imported;
    this.#imported.delete(number);
    link.tracks.delete(number);
    const publisher = this.#publishers.get(imported.publisher);
    publisher?.remove(trackId);
    router.closeProducer(trackId);
    tracks.withdraw(trackId, now);
    if (publisher === undefined || publisher.trackIds.length > 0) return;
    publisher.close();
    this.#publishers.delete(imported.publisher);
  }

  #publisher(number: number, now: MonotonicMs): ImportedPublisher {
    const known = this.#publishers.get(number);
    if (known !== undefined) return known;
    const { router, isHome } = this.#options;
    const publisher = new ImportedPublisher({ router, post: this.#post, hearsVoices: isHome }, now);
    this.#publishers.set(number, publisher);
    return publisher;
  }
}
