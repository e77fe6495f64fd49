import { bitsPerSecond, CodedError, type MonotonicMs, type RandomBytes, type SessionHandle } from '@rivero/core';
import type { Datapath, OpenPortPair } from '@rivero/datapath';
import { serializeSessionDescription } from '@rivero/protocol/sdp';
import type { Router, RouterSessionId } from '@rivero/router';
import type { MediaKind } from '../../contract.ts';
import type {
  EndpointCandidate,
  EndpointChange,
  EndpointDirection,
  EndpointOptions,
  EndpointSettings,
  EndpointStatistics,
} from '../../endpoint-contract.ts';
import { type RtpLocal, type RtpNegotiation, RtpNegotiator, type RtpSection } from '../../negotiation/index.ts';
import type { RoomTracks } from '../room-tracks.ts';
import { EndpointMedia } from './endpoint-media.ts';
import { streamStatistics } from './endpoint-statistics.ts';
import type { MediaEndpoint } from './media-endpoint.ts';
import { RtpLeg } from './rtp-leg.ts';

export interface RtpEndpointOptions {
  readonly endpointId: string;
  readonly options: EndpointOptions & { readonly type: 'rtp' };
  readonly router: Router;
  readonly datapath: Datapath;
  readonly tracks: RoomTracks;
  readonly random: RandomBytes;
  readonly openPorts: (ip: 'ipv4' | 'ipv6') => OpenPortPair;
  /** The address of ours that descriptions name. */
  readonly address: (ip: 'ipv4' | 'ipv6', settings: EndpointSettings | undefined) => string;
  readonly onChange: (change: EndpointChange) => void;
  readonly sessions: RtpSessions;
}

/** Who is told which session's packets are whose. */
export interface RtpSessions {
  readonly onOpened: (handle: SessionHandle, owner: RtpOwner) => void;
  readonly onClosed: (handle: SessionHandle) => void;
}

/** Whose a session on ports of its own is: there its packets go. */
export interface RtpOwner {
  readonly endpoint: RtpEndpoint;
  readonly kind: MediaKind;
  readonly routerSession: RouterSessionId;
}

/** An endpoint without ICE and DTLS: each kind has ports of its own, and keys in the descriptions or none. */
export class RtpEndpoint implements MediaEndpoint {
  readonly media: EndpointMedia;
  readonly #options: RtpEndpointOptions;
  readonly #negotiator: RtpNegotiator;
  readonly #legs = new Map<MediaKind, RtpLeg>();
  #settings: EndpointSettings | undefined;

  constructor(options: RtpEndpointOptions) {
    this.#options = options;
    const { endpointId, router, tracks, random, onChange } = options;
    const { trackIds, crypto } = options.options;
    const cname = Buffer.from(random(12)).toString('base64url');
    this.#negotiator = new RtpNegotiator({ random, cname, ...(crypto === undefined ? {} : { crypto }) });
    const shared = { endpointId, trackIds, cname, router, tracks, onChange };
    this.media = new EndpointMedia({ ...shared, hasSessionPerKind: true });
  }

  configure(settings: EndpointSettings, now: MonotonicMs): void {
    this.#settings = settings;
    this.media.setLimits(settings, now);
  }

  createOffer(directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>): string {
    return serializeSessionDescription(this.#negotiator.createOffer(directions, this.#local()));
  }

  answerOffer(offer: string, now: MonotonicMs): string {
    const negotiation = this.#negotiator.answerOffer(offer, this.#local());
    this.#apply(negotiation, now);
    return serializeSessionDescription(negotiation.answer);
  }

  applyAnswer(answer: string, now: MonotonicMs): void {
    this.#apply(this.#negotiator.applyAnswer(answer), now);
  }

  prepareCandidates(onReady: () => void): void {
    onReady();
  }

  /** There are none without ICE. */
  gatherCandidates(): readonly EndpointCandidate[] {
    return [];
  }

  localDescription(): string {
    const { described } = this.#negotiator;
    if (described !== undefined) return serializeSessionDescription(described);
    throw new CodedError('sdp-no-description', 'There is no description yet; offer or answer first.');
  }

  addRemoteCandidate(): void {
    throw new CodedError('endpoint-without-ice', 'An RTP endpoint takes addresses from descriptions, not candidates.');
  }

  statistics(now: MonotonicMs): EndpointStatistics {
    const traffic = [...this.#legs.values()].map((leg) => leg.traffic());
    const sum = (of: 'bytesSent' | 'bytesReceived'): number => traffic.reduce((all, one) => all + (one?.[of] ?? 0), 0);
    return {
      ...streamStatistics(this.media, this.#options.router, now),
      transport: {
        bytesSent: sum('bytesSent'),
        bytesReceived: sum('bytesReceived'),
        iceState: undefined,
        dtlsState: undefined,
        selectedPair: undefined,
        localCertificate: undefined,
        remoteCertificate: undefined,
      },
    };
  }

  /** The key of one direction of this kind is nearly used up. */
  handleKeyLimit(kind: MediaKind): void {
    this.#options.onChange({ type: 'key-soft-limit', kind });
  }

  close(now: MonotonicMs): void {
    try {
      this.media.close(now);
    } finally {
      for (const { handle } of this.#legs.values()) if (handle !== undefined) this.#options.sessions.onClosed(handle);
      for (const leg of this.#legs.values()) leg.close();
      this.#legs.clear();
    }
  }

  #local(): RtpLocal {
    const { address, options } = this.#options;
    const ip = address(options.ip, this.#settings);
    const { audioReceiveMax = bitsPerSecond(0), videoReceiveMax = bitsPerSecond(0) } = this.#settings ?? {};
    return {
      address: ip,
      addresses: (kind) => this.#leg(kind).addresses(ip),
      receiveMax: { audio: audioReceiveMax, video: videoReceiveMax },
    };
  }

  #leg(kind: MediaKind): RtpLeg {
    const open = this.#legs.get(kind);
    if (open !== undefined) return open;
    const { datapath, openPorts, options } = this.#options;
    const leg = new RtpLeg(datapath, openPorts(options.ip), options.crypto?.suite);
    this.#legs.set(kind, leg);
    return leg;
  }

  #apply(negotiation: RtpNegotiation, now: MonotonicMs): void {
    const { sections } = negotiation;
    const { router, sessions } = this.#options;
    this.media.check(sections);
    const opened = this.#openSessions(sections);
    for (const [kind, leg] of this.#legs) leg.negotiate(sections.find((one) => one.kind === kind));
    negotiation.commit();
    this.media.negotiate(sections, now);
    this.media.setLimits(this.#settings, now);
    for (const { kind, handle } of opened) {
      const routerSession = this.media.sessions[kind];
      sessions.onOpened(handle, { endpoint: this, kind, routerSession });
      router.connectSession(routerSession, handle, now);
    }
  }

  /** Those that are missing: all of them or, where there is no place for one, none. */
  #openSessions(sections: readonly RtpSection[]): readonly { kind: MediaKind; handle: SessionHandle }[] {
    const opened: { kind: MediaKind; handle: SessionHandle }[] = [];
    try {
      for (const section of sections) {
        const handle = this.#leg(section.kind).open(section);
        if (handle !== undefined) opened.push({ kind: section.kind, handle });
      }
    } catch (error) {
      for (const { kind } of opened) this.#leg(kind).closeSession();
      throw error;
    }
    return opened;
  }
}
