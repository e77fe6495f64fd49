import type {
  EndpointCandidate,
  EndpointDirection,
  EndpointEngine,
  EndpointOptions,
  EndpointSettings,
  EndpointStatistics,
  MediaKind,
} from '@rivero/engine';
import { trackIdOf } from './track-id.ts';

/** One endpoint of the engine. */
export class EngineEndpoint {
  readonly #engine: EndpointEngine;
  readonly #roomId: string;
  readonly id: string;

  constructor(engine: EndpointEngine, roomId: string, id: string) {
    this.#engine = engine;
    this.#roomId = roomId;
    this.id = id;
  }

  /** The tracks that it publishes. */
  get trackIds(): Readonly<Record<MediaKind, string>> {
    return { audio: trackIdOf(this.id, 'audio'), video: trackIdOf(this.id, 'video') };
  }

  /** With its first settings; closed again when these are refused. */
  async open(options: EndpointOptions, settings: EndpointSettings): Promise<void> {
    await this.#engine.openEndpoint(this.#roomId, this.id, options);
    try {
      await this.configure(settings);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#engine.closeEndpoint(this.#roomId, this.id);
  }

  async configure(settings: EndpointSettings): Promise<void> {
    await this.#engine.configureEndpoint(this.#roomId, this.id, settings);
  }

  async createOffer(directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>): Promise<string> {
    return this.#engine.createOffer(this.#roomId, this.id, directions);
  }

  async answerOffer(offer: string): Promise<string> {
    return this.#engine.answerOffer(this.#roomId, this.id, offer);
  }

  async applyAnswer(answer: string): Promise<void> {
    await this.#engine.applyAnswer(this.#roomId, this.id, answer);
  }

  async localDescription(): Promise<string> {
    return this.#engine.localDescription(this.#roomId, this.id);
  }

  async gatherCandidates(): Promise<readonly EndpointCandidate[]> {
    return this.#engine.gatherCandidates(this.#roomId, this.id);
  }

  async addRemoteCandidate(candidate: string): Promise<void> {
    await this.#engine.addRemoteCandidate(this.#roomId, this.id, candidate);
  }

  /** Of the remote side of an endpoint of the same room. */
  async requestKeyframe(endpointId: string): Promise<void> {
    await this.#engine.requestKeyframe(this.#roomId, trackIdOf(endpointId, 'video'));
  }

  async statistics(): Promise<EndpointStatistics> {
    return this.#engine.endpointStatistics(this.#roomId, this.id);
  }
}
