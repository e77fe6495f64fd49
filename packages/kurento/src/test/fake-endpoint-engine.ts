import { bitsPerSecond, CodedError } from '@rivero/core';
import type {
  EndpointCandidate,
  EndpointChange,
  EndpointDirection,
  EndpointEngine,
  EndpointOptions,
  EndpointSettings,
  EndpointStatistics,
  EngineEvent,
  MediaEngine,
  MediaKind,
} from '@rivero/engine';

/** One endpoint as the engine has it. */
interface FakeEndpoint {
  readonly roomId: string;
  readonly options: EndpointOptions;
  readonly sources: Map<MediaKind, string>;
  readonly remoteCandidates: string[];
  settings: EndpointSettings | undefined;
  directions: Readonly<Record<MediaKind, EndpointDirection | undefined>> | undefined;
  description: string | undefined;
  isGathered: boolean;
}

export const candidateLine = 'candidate:1 1 UDP 2015364095 192.0.2.1 40769 typ host';

/** An engine in memory: it does what it is told, refuses what is not there, and counts. */
export class FakeEndpointEngine implements EndpointEngine, Pick<MediaEngine, 'openRoom' | 'closeRoom' | 'onEvent'> {
  readonly rooms = new Set<string>();
  readonly endpoints = new Map<string, FakeEndpoint>();
  /** Names of the requests, in their order. */
  readonly calls: string[] = [];
  statistics: EndpointStatistics = noStatistics;
  /** Names of sections, as the remote side or we give them. */
  mids: readonly string[] = ['audio0', 'video0'];
  /** Requests that are refused, and the code with which they are. */
  readonly refusals = new Map<string, string>();
  /** Set: all that is asked of endpoints is answered when it resolves. */
  gate: Promise<void> | undefined;
  /** Set: gathering is done when it resolves. */
  servers: Promise<void> | undefined;
  readonly #listeners = new Set<(event: EngineEvent) => void>();

  get listenerCount(): number {
    return this.#listeners.size;
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  raise(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Something happens at an endpoint. */
  change(endpointId: string, change: EndpointChange): void {
    this.raise({ type: 'endpoint', roomId: this.get(endpointId).roomId, endpointId, change });
  }

  /** Packets of an endpoint arrive, or do no more. */
  flow(endpointId: string, kind: MediaKind, isFlowing: boolean): void {
    const { roomId } = this.get(endpointId);
    this.raise({ type: 'track-flow', roomId, trackId: `${endpointId}/${kind}`, isFlowing });
  }

  get(endpointId: string): FakeEndpoint {
    const endpoint = this.endpoints.get(endpointId);
    if (endpoint === undefined) throw new CodedError('endpoint-unknown', 'There is no such endpoint.');
    return endpoint;
  }

  async openRoom(roomId: string): Promise<void> {
    this.rooms.add(roomId);
  }

  async closeRoom(roomId: string): Promise<void> {
    if (!this.rooms.delete(roomId)) throw new CodedError('room-unknown', 'There is no such room.');
    for (const [id, endpoint] of this.endpoints) if (endpoint.roomId === roomId) this.endpoints.delete(id);
  }

  async openEndpoint(roomId: string, endpointId: string, options: EndpointOptions): Promise<void> {
    await this.#called('openEndpoint');
    this.#checkRoom(roomId);
    this.endpoints.set(endpointId, {
      roomId,
      options,
      sources: new Map(),
      remoteCandidates: [],
      settings: undefined,
      directions: undefined,
      description: undefined,
      isGathered: false,
    });
  }

  async closeEndpoint(roomId: string, endpointId: string): Promise<void> {
    await this.#called('closeEndpoint');
    this.#checkRoom(roomId);
    this.get(endpointId);
    this.endpoints.delete(endpointId);
  }

  async configureEndpoint(roomId: string, endpointId: string, settings: EndpointSettings): Promise<void> {
    await this.#called('configureEndpoint');
    this.#checkRoom(roomId);
    this.get(endpointId).settings = settings;
  }

  async createOffer(
    roomId: string,
    endpointId: string,
    directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>,
  ): Promise<string> {
    await this.#called('createOffer');
    this.#checkRoom(roomId);
    this.get(endpointId).directions = directions;
    return this.#describe(endpointId, 'offer');
  }

  async answerOffer(roomId: string, endpointId: string, offer: string): Promise<string> {
    await this.#called('answerOffer');
    this.#checkRoom(roomId);
    refuseUnlessSdp(offer);
    return this.#describe(endpointId, 'answer');
  }

  async applyAnswer(roomId: string, endpointId: string, answer: string): Promise<void> {
    await this.#called('applyAnswer');
    this.#checkRoom(roomId);
    this.get(endpointId);
    refuseUnlessSdp(answer);
  }

  async gatherCandidates(roomId: string, endpointId: string): Promise<readonly EndpointCandidate[]> {
    await this.#called('gatherCandidates');
    await this.servers;
    this.#checkRoom(roomId);
    this.get(endpointId).isGathered = true;
    return this.mids.map((mid, sectionIndex) => ({ candidate: candidateLine, mid, sectionIndex }));
  }

  async localDescription(roomId: string, endpointId: string): Promise<string> {
    await this.#called('localDescription');
    this.#checkRoom(roomId);
    const { description, isGathered } = this.get(endpointId);
    if (description === undefined) throw new CodedError('sdp-no-description', 'There is no description yet.');
    return isGathered ? `${description}a=${candidateLine}\r\n` : description;
  }

  async addRemoteCandidate(roomId: string, endpointId: string, candidate: string): Promise<void> {
    await this.#called('addRemoteCandidate');
    this.#checkRoom(roomId);
    if (!candidate.startsWith('candidate:')) throw new CodedError('candidate-malformed', 'That is no candidate.');
    this.get(endpointId).remoteCandidates.push(candidate);
  }

  async setSource(roomId: string, endpointId: string, kind: MediaKind, trackId: string | undefined): Promise<void> {
    this.calls.push(`setSource ${kind}`);
    this.#checkRoom(roomId);
    const { sources } = this.get(endpointId);
    if (trackId === undefined) sources.delete(kind);
    else sources.set(kind, trackId);
  }

  async requestKeyframe(roomId: string, trackId: string): Promise<void> {
    await this.#called(`requestKeyframe ${trackId}`);
    this.#checkRoom(roomId);
  }

  async endpointStatistics(roomId: string, endpointId: string): Promise<EndpointStatistics> {
    await this.#called('endpointStatistics');
    this.#checkRoom(roomId);
    this.get(endpointId);
    return this.statistics;
  }

  #describe(endpointId: string, type: string): string {
    const endpoint = this.get(endpointId);
    endpoint.description = `v=0\r\ns=${type}\r\n`;
    return endpoint.description;
  }

  /** What is to be done is done without a pause after it. */
  async #called(name: string): Promise<void> {
    this.calls.push(name);
    await this.gate;
    const code = this.refusals.get(name);
    if (code !== undefined) throw new CodedError(code, `Refused: ${code}.`);
  }

  #checkRoom(roomId: string): void {
    if (!this.rooms.has(roomId)) throw new CodedError('room-unknown', 'There is no such room.');
  }
}

function refuseUnlessSdp(text: string): void {
  if (!text.startsWith('v=0')) throw new CodedError('sdp-malformed', 'That is no session description.');
  if (text.includes('ice-lite')) throw new CodedError('sdp-ice-lite', 'Both sides are ICE lite.');
}

const noStatistics: EndpointStatistics = {
  received: [],
  sent: [],
  transport: {
    bytesSent: 0,
    bytesReceived: 0,
    iceState: undefined,
    dtlsState: undefined,
    selectedPair: undefined,
    localCertificate: undefined,
    remoteCertificate: undefined,
  },
};

/** A stream of nothing, for tests to fill in. */
export const noStream = {
  packets: 0,
  bytes: 0,
  bitrate: bitsPerSecond(0),
  packetsLost: 0,
  fractionLost: 0,
  jitterMs: 0,
  nackCount: 0,
  pliCount: 0,
  firCount: 0,
  remb: bitsPerSecond(0),
} as const;
