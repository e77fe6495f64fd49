import { bitsPerSecond, CodedError, type MonotonicMs, type RandomBytes } from '@rivero/core';
import type { DtlsCertificate } from '@rivero/protocol/dtls';
import { type IceCandidate, parseCandidate, serializeCandidate } from '@rivero/protocol/ice';
import { serializeSessionDescription, type SessionDescription } from '@rivero/protocol/sdp';
import type { Router } from '@rivero/router';
import type { SessionDtlsState, SessionIceState, Transport, TransportEvent, TransportSession } from '@rivero/transport';
import type { MediaKind } from '../../contract.ts';
import type {
  EndpointCandidate,
  EndpointChange,
  EndpointDirection,
  EndpointDtlsState,
  EndpointIceState,
  EndpointOptions,
  EndpointSettings,
  EndpointStatistics,
} from '../../endpoint-contract.ts';
import { type EndpointNegotiation, EndpointNegotiator, withCandidates } from '../../negotiation/index.ts';
import { isAddressOf } from '../media-candidates.ts';
import type { RoomTracks } from '../room-tracks.ts';
import { pairLines } from './candidate-lines.ts';
import { EndpointMedia } from './endpoint-media.ts';
import { EndpointServers, type ServerSurroundings } from './endpoint-servers.ts';
import { streamStatistics } from './endpoint-statistics.ts';
import type { MediaEndpoint } from './media-endpoint.ts';

export interface WebrtcEndpointOptions {
  readonly endpointId: string;
  readonly options: EndpointOptions & { readonly type: 'webrtc' };
  readonly router: Router;
  readonly transport: Transport;
  readonly tracks: RoomTracks;
  readonly random: RandomBytes;
  readonly certificate: DtlsCertificate;
  /** All candidates of ours, as the settings want them. */
  readonly candidates: (settings: EndpointSettings | undefined) => readonly IceCandidate[];
  /** Left out: no STUN and TURN servers are asked. */
  readonly servers?: ServerSurroundings;
  readonly onChange: (change: EndpointChange) => void;
}

/** Candidates of the remote side that are kept to tell the selected pair by. */
export const toldCandidatesMax = 64;

/** An endpoint behind ICE and DTLS-SRTP. */
export class WebrtcEndpoint implements MediaEndpoint {
  readonly media: EndpointMedia;
  readonly session: TransportSession;
  readonly #options: WebrtcEndpointOptions;
  readonly #negotiator: EndpointNegotiator;
  readonly #servers: EndpointServers;
  #settings: EndpointSettings | undefined;
  /** `undefined`: not gathered. */
  #candidates: readonly IceCandidate[] | undefined;
  #remoteCandidates: readonly IceCandidate[] = [];
  #iceState: EndpointIceState | undefined;
  #dtlsState: EndpointDtlsState | undefined;

  constructor(options: WebrtcEndpointOptions) {
    this.#options = options;
    const { endpointId, router, transport, tracks, random, certificate, onChange } = options;
    const { direction, trackIds } = options.options;
    this.session = transport.openSession({ certificate });
    const cname = Buffer.from(random(12)).toString('base64url');
    this.media = new EndpointMedia({ endpointId, trackIds, cname, router, tracks, onChange });
    this.#negotiator = new EndpointNegotiator({ random, direction, cname });
    this.#servers = new EndpointServers({
      surroundings: options.servers,
      endpointId,
      remoteCandidates: () => this.#remoteCandidates,
      onChange,
    });
  }

  get endpointId(): string {
    return this.#options.endpointId;
  }

  configure(settings: EndpointSettings, now: MonotonicMs): void {
    this.#settings = settings;
    this.media.setLimits(settings, now);
  }

  createOffer(directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>): string {
    const { fingerprint } = this.session.localCertificate;
    const transport = { ice: this.session.localCredentials, fingerprint };
    return this.#textOf(this.#negotiator.createOffer({ directions, receiveMax: this.#receiveMax(), transport }));
  }

  answerOffer(offer: string, now: MonotonicMs): string {
    const { fingerprint } = this.session.localCertificate;
    let ice = this.session.localCredentials;
    const negotiation = this.#negotiator.answerOffer({
      offer,
      receiveMax: this.#receiveMax(),
      transport: (isIceRestart) => {
        if (isIceRestart) ice = this.session.nextCredentials();
        return { ice, fingerprint };
      },
    });
    this.media.check(negotiation.sections);
    const { remote } = negotiation;
    if (negotiation.isIceRestart && remote !== undefined) {
      this.#runSession(() => this.session.restartIce(ice, remote.ice, now));
    }
    this.#apply(negotiation, now);
    return this.#textOf(negotiation.answer);
  }

  applyAnswer(answer: string, now: MonotonicMs): void {
    const negotiation = this.#negotiator.applyAnswer(answer);
    this.media.check(negotiation.sections);
    this.#apply(negotiation, now);
  }

  prepareCandidates(onReady: () => void, now: MonotonicMs): void {
    this.#servers.gather(this.#settings, onReady, now);
  }

  gatherCandidates(): readonly EndpointCandidate[] {
    const own = this.#options.candidates(this.#settings);
    const isAllowed = isAddressOf(this.#settings?.networkInterfaces ?? []);
    const candidates = [...own, ...this.#servers.candidates(own, isAllowed)];
    this.#candidates = candidates;
    if (this.#iceState === undefined) this.#setIceState('gathering');
    return this.#negotiator
      .candidateSections()
      .flatMap(({ mid, index: sectionIndex }) =>
        candidates.map((candidate) => ({ candidate: serializeCandidate(candidate), mid, sectionIndex })),
      );
  }

  localDescription(): string {
    const { described } = this.#negotiator;
    if (described !== undefined) return this.#textOf(described);
    throw new CodedError('sdp-no-description', 'There is no description yet; offer or answer first.');
  }

  addRemoteCandidate(candidate: string, now: MonotonicMs): void {
    const parsed = parseCandidate(candidate);
    if (parsed === 'malformed') {
      throw new CodedError(
        'candidate-malformed',
        'The ICE candidate is malformed; send what the browser made, unchanged.',
      );
    }
    if (typeof parsed === 'object') this.#addRemoteCandidate(parsed, now);
  }

  statistics(now: MonotonicMs): EndpointStatistics {
    const { session } = this;
    const pair = session.selectedPair();
    return {
      ...streamStatistics(this.media, this.#options.router, now),
      transport: {
        ...session.traffic(),
        iceState: this.#iceState,
        dtlsState: this.#dtlsState,
        selectedPair: pair && { ...this.#linesOf(pair), roundTripTime: pair.roundTripTime },
        localCertificate: session.localCertificate.der,
        remoteCertificate: session.remoteCertificate,
      },
    };
  }

  /** What its transport session tells. */
  handleEvent(event: TransportEvent): void {
    switch (event.type) {
      case 'ice-state':
        return this.#handleIceState(event.state);
      case 'dtls-state':
        return this.#handleDtlsState(event.state);
      case 'pair-selected': {
        const pair = this.session.selectedPair();
        if (pair !== undefined) this.#options.onChange({ type: 'pair-selected', ...this.#linesOf(pair) });
        return;
      }
      case 'state':
      case 'connected':
      case 'bug':
        return;
    }
  }

  close(now: MonotonicMs): void {
    try {
      this.media.close(now);
    } finally {
      this.#options.transport.closeSession(this.session);
      this.#servers.close(now);
    }
  }

  #apply(negotiation: EndpointNegotiation, now: MonotonicMs): void {
    const { remote, isControlling } = negotiation;
    if (remote !== undefined) {
      const iceRole = isControlling ? 'controlling' : 'lite';
      this.#runSession(() => this.session.setRemote({ ...remote, iceRole }, now));
      for (const candidate of remote.candidates) this.#addRemoteCandidate(candidate, now);
    }
    negotiation.commit();
    this.media.negotiate(negotiation.sections, now);
    this.media.setLimits(this.#settings, now);
  }

  #addRemoteCandidate(candidate: IceCandidate, now: MonotonicMs): void {
    this.#remoteCandidates = [...this.#remoteCandidates, candidate].slice(-toldCandidatesMax);
    this.#servers.addRemoteCandidate(candidate, now);
    this.#runSession(() => this.session.addRemoteCandidate(candidate, now));
  }

  #runSession(action: () => void): void {
    this.#options.transport.run(this.session, action);
  }

  #receiveMax(): Readonly<Record<MediaKind, ReturnType<typeof bitsPerSecond>>> {
    const { audioReceiveMax = bitsPerSecond(0), videoReceiveMax = bitsPerSecond(0) } = this.#settings ?? {};
    return { audio: audioReceiveMax, video: videoReceiveMax };
  }

  #textOf(description: SessionDescription): string {
    const candidates = this.#candidates;
    return serializeSessionDescription(
      candidates === undefined ? description : withCandidates(description, candidates),
    );
  }

  #linesOf(pair: NonNullable<ReturnType<TransportSession['selectedPair']>>): { local: string; remote: string } {
    return pairLines(pair, { local: this.#candidates ?? [], remote: this.#remoteCandidates });
  }

  #handleIceState(state: SessionIceState): void {
    this.#setIceState(state);
    // There is one component, so that the whole is ready when it is connected.
    if (state === 'connected') this.#setIceState('ready');
  }

  #handleDtlsState(state: SessionDtlsState): void {
    this.#dtlsState = state;
    this.#options.onChange({ type: 'dtls-state', state });
  }

  #setIceState(state: EndpointIceState): void {
    if (this.#iceState === state) return;
    this.#iceState = state;
    this.#options.onChange({ type: 'ice-state', state });
  }
}
