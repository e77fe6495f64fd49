import type { EndpointCandidate, EndpointDirection, MediaKind } from '@rivero/engine';
import { type EngineRoom, isLoss } from './engine-room.ts';

/** An offer or answer of ours, and our candidates, which it names too. */
export interface EndpointDescription {
  readonly sdp: string;
  readonly candidates: readonly EndpointCandidate[];
}

export interface ClientEndpointOptions {
  readonly id: string;
  readonly direction: EndpointDirection;
  /** The names of what it publishes, when it receives anything. */
  readonly trackIds: Readonly<Record<MediaKind, string>>;
}

/** Candidates of the client for one endpoint; a lite agent needs none, so more are passed over. */
export const candidatesMax = 100;

/** One endpoint in the engine that a client negotiates. */
export class ClientEndpoint {
  readonly id: string;
  readonly #engineRoom: EngineRoom;
  #candidates = 0;

  private constructor(engineRoom: EngineRoom, id: string) {
    this.#engineRoom = engineRoom;
    this.id = id;
  }

  /** The engine's room must be open. */
  static async open(
    engineRoom: EngineRoom,
    { id, direction, trackIds }: ClientEndpointOptions,
  ): Promise<ClientEndpoint> {
    const options = { type: 'webrtc', trackIds, direction, certificate: 'ecdsa' } as const;
    await engineRoom.engine.openEndpoint(engineRoom.id, id, options);
    return new ClientEndpoint(engineRoom, id);
  }

  /** Offers to send one track of each kind. */
  async offer(): Promise<EndpointDescription> {
    const { engine, id: roomId } = this.#engineRoom;
    await engine.createOffer(roomId, this.id, { audio: 'sendonly', video: 'sendonly' });
    return await this.#describe();
  }

  /** Answers the client's offer. Refused: `sdp-…`, and everything stays as it was. */
  async answer(offer: string): Promise<EndpointDescription> {
    const { engine, id: roomId } = this.#engineRoom;
    await engine.answerOffer(roomId, this.id, offer);
    return await this.#describe();
  }

  /** Refused: `sdp-…`, and everything stays as it was. */
  async applyAnswer(answer: string): Promise<void> {
    await this.#engineRoom.engine.applyAnswer(this.#engineRoom.id, this.id, answer);
  }

  /** What is sent of one kind from now on, once somebody publishes it. */
  async setSource(kind: MediaKind, trackId: string | undefined): Promise<void> {
    await this.#engineRoom.engine.setSource(this.#engineRoom.id, this.id, kind, trackId);
  }

  /** Refused: `candidate-malformed`. */
  async addCandidate(candidate: string): Promise<void> {
    if (this.#candidates >= candidatesMax) return;
    this.#candidates += 1;
    await this.#engineRoom.engine.addRemoteCandidate(this.#engineRoom.id, this.id, candidate);
  }

  /** Whether the engine knows nothing of it any more. */
  async isLost(): Promise<boolean> {
    try {
      await this.#engineRoom.engine.endpointStatistics(this.#engineRoom.id, this.id);
      return false;
    } catch (error) {
      if (!isLoss(error)) throw error;
      return true;
    }
  }

  /** Its association closes, its tracks end; one that is lost is closed already. */
  async close(): Promise<void> {
    await this.#engineRoom.engine.closeEndpoint(this.#engineRoom.id, this.id);
  }

  async #describe(): Promise<EndpointDescription> {
    const { engine, id: roomId } = this.#engineRoom;
    const candidates = await engine.gatherCandidates(roomId, this.id);
    return { sdp: await engine.localDescription(roomId, this.id), candidates };
  }
}
