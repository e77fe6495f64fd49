import { bitsPerSecond, CodedError, type MonotonicMs } from '@rivero/core';
import type { Router, RouterSessionId } from '@rivero/router';
import type { MediaKind } from '../../contract.ts';
import type { EndpointChange, EndpointSettings } from '../../endpoint-contract.ts';
import { type EndpointReceived, type EndpointSection, isSame } from '../../negotiation/index.ts';
import type { RoomTracks } from '../room-tracks.ts';
import { endpointProducerParameters } from '../router-parameters.ts';
import { SentSource } from './sent-source.ts';

export interface EndpointMediaOptions {
  readonly endpointId: string;
  readonly trackIds: Readonly<Record<MediaKind, string>>;
  readonly cname: string;
  readonly router: Router;
  readonly tracks: RoomTracks;
  readonly onChange: (change: EndpointChange) => void;
  /** Each kind has a transport of its own, which tells what belongs to it. Left out: one for both. */
  readonly hasSessionPerKind?: boolean;
}

const kinds = ['audio', 'video'] as const;

/**
 * The media of an endpoint, whatever its transport: a track of each kind that comes in, and a place for each kind that
 * goes out. It is told what was negotiated.
 */
export class EndpointMedia {
  /** One and the same where both kinds have one transport. */
  readonly sessions: Readonly<Record<MediaKind, RouterSessionId>>;
  readonly #options: EndpointMediaOptions;
  readonly #received = new Map<MediaKind, EndpointReceived>();
  readonly #sources: Readonly<Record<MediaKind, SentSource>>;
  #sections: readonly EndpointSection[] = [];

  constructor(options: EndpointMediaOptions) {
    this.#options = options;
    const audio = options.router.openSession();
    const hasTwo = options.hasSessionPerKind === true;
    this.sessions = { audio, video: hasTwo ? options.router.openSession({ clockOf: audio }) : audio };
    this.#sources = { audio: this.#sourceOf('audio'), video: this.#sourceOf('video') };
  }

  /** Of an endpoint with one transport. */
  get routerSession(): RouterSessionId {
    return this.sessions.audio;
  }

  source(kind: MediaKind): SentSource {
    return this.#sources[kind];
  }

  /** The name of the track of this kind that comes in; `undefined`: none does. */
  received(kind: MediaKind): string | undefined {
    return this.#received.has(kind) ? this.#options.trackIds[kind] : undefined;
  }

  /** Refuses what {@link negotiate} could apply in part only. */
  check(sections: readonly EndpointSection[]): void {
    const { tracks, trackIds } = this.#options;
    for (const { kind, received } of sections) {
      const track = tracks.get(trackIds[kind]);
      if (received === undefined || track === undefined || track.publisher === this) continue;
      throw new CodedError('track-exists', 'Somebody else publishes a track of this name.', {
        trackId: trackIds[kind],
      });
    }
  }

  /** Opens what is new, closes what is gone, and leaves alone what is the same. */
  negotiate(sections: readonly EndpointSection[], now: MonotonicMs): void {
    this.check(sections);
    this.#sections = sections;
    for (const kind of kinds) {
      const section = sections.find((one) => one.kind === kind);
      this.#receive(kind, section?.received, now);
      this.#sources[kind].negotiate(section, now);
    }
  }

  /** How much video may come and go, by the settings and by what the remote side says. */
  setLimits(settings: EndpointSettings | undefined, now: MonotonicMs): void {
    const { videoReceiveMin = 0, videoReceiveMax = 0, videoSendMax = 0 } = settings ?? {};
    const remoteMax = this.#sections.find(({ kind }) => kind === 'video')?.sendMax ?? 0;
    const limits = {
      receiveMin: bitsPerSecond(videoReceiveMin),
      receiveMax: bitsPerSecond(videoReceiveMax),
      sendMax: bitsPerSecond(leastLimit(videoSendMax, remoteMax)),
      followsReceivers: true,
    };
    this.#options.router.setSessionLimits(this.sessions.video, limits, now);
  }

  /** Its tracks end, and it sends nothing more. */
  close(now: MonotonicMs): void {
    for (const kind of kinds) {
      this.#sources[kind].close();
      this.#withdraw(kind, now);
    }
    for (const session of new Set(Object.values(this.sessions))) this.#options.router.closeSession(session);
  }

  #sourceOf(kind: MediaKind): SentSource {
    const { endpointId, router, tracks, onChange } = this.#options;
    const routerSession = this.sessions[kind];
    return new SentSource({ senderId: `${endpointId}/${kind}`, kind, router, routerSession, tracks, onChange });
  }

  #receive(kind: MediaKind, received: EndpointReceived | undefined, now: MonotonicMs): void {
    const before = this.#received.get(kind);
    if (before !== undefined && received !== undefined && isSame(before, received)) return;
    this.#withdraw(kind, now);
    if (received === undefined) return;
    const { router, tracks, cname, trackIds } = this.#options;
    const trackId = trackIds[kind];
    const parameters = endpointProducerParameters(received);
    const followsSsrc = this.#options.hasSessionPerKind === true;
    router.openProducer(trackId, this.sessions[kind], { ...parameters, followsSsrc });
    // What it sends as sound is how it is heard to speak.
    if (kind === 'audio') router.setVoice(this.sessions.audio, trackId);
    this.#received.set(kind, received);
    const { codecs } = received;
    const track = { trackId, kind, codecs, codec: codecs[0], isHeard: false, cname, publisher: this };
    if (before === undefined) tracks.publish(track, now);
    else tracks.renew(track, now);
  }

  #withdraw(kind: MediaKind, now: MonotonicMs): void {
    if (!this.#received.delete(kind)) return;
    const { router, tracks, trackIds } = this.#options;
    router.closeProducer(trackIds[kind]);
    tracks.withdraw(trackIds[kind], now);
  }
}

/** 0 is no limit. */
function leastLimit(a: number, b: number): number {
  return a === 0 || b === 0 ? Math.max(a, b) : Math.min(a, b);
}
