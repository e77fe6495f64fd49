import { bitsPerSecond, CodedError } from '@rivero/core';
import type {
  EndpointCandidate,
  EndpointChange,
  EndpointEngine,
  EndpointStatistics,
  EngineEvent,
  MediaEngine,
  MediaKind,
} from '@rivero/engine';

interface Endpoint {
  readonly roomId: string;
  readonly id: string;
  description: string | undefined;
  hasRemote: boolean;
  hasGathered: boolean;
  isConnected: boolean;
}

/** What an association goes through when all is well. */
const course: readonly EndpointChange[] = [
  { type: 'ice-state', state: 'connecting' },
  {
    type: 'pair-selected',
    local: 'candidate:1 1 UDP 2015364095 127.0.0.1 40769 typ host',
    remote: 'candidate:2 1 UDP 1847591935 127.0.0.1 18608 typ prflx',
  },
  { type: 'ice-state', state: 'connected' },
  { type: 'dtls-state', state: 'new' },
  { type: 'dtls-state', state: 'connecting' },
  { type: 'ice-state', state: 'ready' },
  { type: 'dtls-state', state: 'connected' },
];

const sections: readonly MediaKind[] = ['audio', 'video'];

const noStream = {
  packets: 0,
  bytes: 0,
  packetsLost: 0,
  fractionLost: 0,
  jitterMs: 0,
  nackCount: 0,
  pliCount: 0,
  firCount: 0,
};

/**
 * An engine without packets: endpoints that are described on both sides and have gathered are connected, and publish sound
 * from then on. Descriptions are a line of each kind, and nobody reads them.
 */
export class SimulatedEngine implements EndpointEngine, Pick<MediaEngine, 'openRoom' | 'closeRoom' | 'onEvent'> {
  readonly #rooms = new Set<string>();
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #descriptions = 0;

  get sizes(): { readonly rooms: number; readonly endpoints: number } {
    return { rooms: this.#rooms.size, endpoints: this.#endpoints.size };
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async openRoom(roomId: string): Promise<void> {
    await Promise.resolve();
    this.#rooms.add(roomId);
  }

  async closeRoom(roomId: string): Promise<void> {
    await this.#assertRoom(roomId);
    this.#rooms.delete(roomId);
    for (const [id, endpoint] of this.#endpoints) if (endpoint.roomId === roomId) this.#endpoints.delete(id);
  }

  async openEndpoint(roomId: string, id: string): Promise<void> {
    await this.#assertRoom(roomId);
    const states = { description: undefined, hasRemote: false, hasGathered: false, isConnected: false };
    this.#endpoints.set(id, { roomId, id, ...states });
  }

  async closeEndpoint(_roomId: string, id: string): Promise<void> {
    await this.#find(id);
    this.#endpoints.delete(id);
  }

  async configureEndpoint(_roomId: string, id: string): Promise<void> {
    await this.#find(id);
  }

  async createOffer(_roomId: string, id: string): Promise<string> {
    return this.#describe(await this.#find(id));
  }

  async answerOffer(_roomId: string, id: string, offer: string): Promise<string> {
    const endpoint = await this.#find(id);
    assertDescription(offer);
    const answer = this.#describe(endpoint);
    this.#negotiated(endpoint);
    return answer;
  }

  async applyAnswer(_roomId: string, id: string, answer: string): Promise<void> {
    const endpoint = await this.#find(id);
    assertDescription(answer);
    this.#negotiated(endpoint);
  }

  async gatherCandidates(_roomId: string, id: string): Promise<readonly EndpointCandidate[]> {
    const endpoint = await this.#find(id);
    endpoint.hasGathered = true;
    setImmediate(() => {
      this.#connect(endpoint);
    });
    return sections.map((kind, sectionIndex) => ({
      candidate: 'candidate:1 1 UDP 2015364095 127.0.0.1 40769 typ host',
      mid: `${kind}0`,
      sectionIndex,
    }));
  }

  async localDescription(_roomId: string, id: string): Promise<string> {
    const { description } = await this.#find(id);
    if (description === undefined) throw new CodedError('sdp-no-description', 'There is no description yet.');
    return description;
  }

  async addRemoteCandidate(_roomId: string, id: string): Promise<void> {
    await this.#find(id);
  }

  async setSource(_roomId: string, id: string): Promise<void> {
    await this.#find(id);
  }

  async requestKeyframe(roomId: string): Promise<void> {
    await this.#assertRoom(roomId);
  }

  async endpointStatistics(_roomId: string, id: string): Promise<EndpointStatistics> {
    const { isConnected } = await this.#find(id);
    const common = {
      ...noStream,
      clockRate: 48_000,
      payloadType: 96,
      codec: 'opus',
      bitrate: bitsPerSecond(0),
      remb: bitsPerSecond(0),
    };
    const streams = { ...common, kind: 'audio', trackId: `${id}/audio`, ssrc: 1775188610 } as const;
    return {
      received: isConnected ? [streams] : [],
      sent: isConnected ? [{ ...streams, roundTripTime: undefined }] : [],
      transport: {
        bytesSent: 0,
        bytesReceived: 0,
        iceState: isConnected ? 'ready' : undefined,
        dtlsState: isConnected ? 'connected' : undefined,
        selectedPair: undefined,
        localCertificate: undefined,
        remoteCertificate: undefined,
      },
    };
  }

  #describe(endpoint: Endpoint): string {
    this.#descriptions += 1;
    endpoint.description = `v=0\r\ns=description ${this.#descriptions}\r\n`;
    return endpoint.description;
  }

  #negotiated(endpoint: Endpoint): void {
    endpoint.hasRemote = true;
    this.#connect(endpoint);
  }

  #connect(endpoint: Endpoint): void {
    if (endpoint.isConnected || !endpoint.hasRemote || !endpoint.hasGathered) return;
    endpoint.isConnected = true;
    const { roomId, id: endpointId } = endpoint;
    for (const change of course) this.#raise({ type: 'endpoint', roomId, endpointId, change });
    this.#raise({ type: 'track-flow', roomId, trackId: `${endpointId}/audio`, isFlowing: true });
    this.#raise({ type: 'track-flow', roomId, trackId: `${endpointId}/audio`, isFlowing: false });
  }

  #raise(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async #assertRoom(roomId: string): Promise<void> {
    await Promise.resolve();
    if (!this.#rooms.has(roomId)) throw new CodedError('room-unknown', `There is no room ${roomId}.`);
  }

  async #find(id: string): Promise<Endpoint> {
    await Promise.resolve();
    const endpoint = this.#endpoints.get(id);
    if (endpoint === undefined) throw new CodedError('endpoint-unknown', `There is no endpoint ${id}.`);
    return endpoint;
  }
}

function assertDescription(text: string): void {
  if (!text.startsWith('v=0')) throw new CodedError('sdp-malformed', 'That is no session description.');
}
