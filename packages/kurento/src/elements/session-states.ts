import type { MediaType } from '../graph/index.ts';
import type { KurentoObject, Operations } from '../objects/kurento-object.ts';

type State = 'CONNECTED' | 'DISCONNECTED';

/** Whether an endpoint has a session, a connection and media, and the events about these. */
export class SessionStates {
  readonly #object: KurentoObject;
  readonly #flows = new Set<string>();
  #hasSession = false;
  #connection: State = 'DISCONNECTED';
  #media: State = 'DISCONNECTED';

  constructor(object: KurentoObject) {
    this.#object = object;
  }

  readonly operations: Operations = {
    getConnectionState: () => this.#connection,
    getMediaState: () => this.#media,
  };

  startSession(): void {
    if (this.#hasSession) return;
    this.#hasSession = true;
    this.#object.raise('MediaSessionStarted', {});
  }

  /** The association ended: only another negotiation begins one. */
  endSession(): void {
    this.setConnected(false);
    if (!this.#hasSession) return;
    this.#hasSession = false;
    this.#object.raise('MediaSessionTerminated', {});
  }

  setConnected(isConnected: boolean): void {
    const oldState = this.#connection;
    this.#connection = isConnected ? 'CONNECTED' : 'DISCONNECTED';
    if (this.#connection !== oldState) {
      this.#object.raise('ConnectionStateChanged', { oldState, newState: this.#connection });
    }
    this.#updateMedia();
  }

  handleFlow(direction: 'in' | 'out', type: MediaType, isFlowing: boolean): void {
    if (isFlowing) this.#flows.add(`${direction} ${type}`);
    else this.#flows.delete(`${direction} ${type}`);
    this.#updateMedia();
  }

  /** Where media goes over a connection, either way, RTCP goes both ways. */
  #updateMedia(): void {
    const oldState = this.#media;
    this.#media = this.#connection === 'CONNECTED' && this.#flows.size > 0 ? 'CONNECTED' : 'DISCONNECTED';
    if (this.#media !== oldState) this.#object.raise('MediaStateChanged', { oldState, newState: this.#media });
  }
}
