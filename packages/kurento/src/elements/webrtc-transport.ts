import { unreachable } from '@rivero/core';
import type { EndpointDtlsState, EndpointIceState } from '@rivero/engine';
import type { KurentoObject, Operations } from '../objects/kurento-object.ts';
import type { TransportChange } from './base-rtp-endpoint.ts';
import { DtlsEvents } from './dtls-events.ts';
import type { EngineEndpoint } from './engine-endpoint.ts';
import { IceEvents } from './ice-events.ts';
import { raiseRelayError } from './relay-error.ts';
import type { SessionStates } from './session-states.ts';

export interface WebRtcTransportOptions {
  readonly object: KurentoObject;
  readonly endpoint: EngineEndpoint;
  readonly states: SessionStates;
  /** A number that no other endpoint has. */
  readonly number: number;
}

/** ICE and DTLS of one endpoint, and what they say of its connection: it needs both. */
export class WebRtcTransport {
  readonly #object: KurentoObject;
  readonly #states: SessionStates;
  readonly #ice: IceEvents;
  readonly #dtls: DtlsEvents;
  #isReachable = true;
  #isSecured = false;

  constructor({ object, endpoint, states, number }: WebRtcTransportOptions) {
    this.#object = object;
    this.#states = states;
    this.#ice = new IceEvents(object, endpoint);
    this.#dtls = new DtlsEvents(object, number);
  }

  get operations(): Operations {
    return { ...this.#ice.operations, ...this.#dtls.operations };
  }

  /** `isDescribed`: the sections have names. */
  async gather(isDescribed: boolean): Promise<void> {
    await this.#ice.gather(isDescribed);
  }

  async handleDescribed(): Promise<void> {
    await this.#ice.handleDescribed();
  }

  handleChange(change: TransportChange): void {
    switch (change.type) {
      case 'ice-state':
        this.#ice.handleChange(change);
        this.#handleIceState(change.state);
        break;
      case 'pair-selected':
        this.#ice.handleChange(change);
        break;
      case 'dtls-state':
        // The connection is told before what it comes from, as Kurento does.
        this.#handleDtlsState(change.state);
        this.#dtls.handleState(change.state);
        break;
      case 'relay-failed':
        raiseRelayError(this.#object, change);
        break;
      case 'key-soft-limit':
        // Keys of DTLS are only its own concern.
        break;
      default:
        unreachable(change);
    }
  }

  #handleIceState(state: EndpointIceState): void {
    if (state === 'connected' || state === 'ready') this.#isReachable = true;
    if (state === 'disconnected' || state === 'failed') this.#isReachable = false;
    if (state === 'failed') this.#states.endSession();
    else this.#updateConnection();
  }

  #handleDtlsState(state: EndpointDtlsState): void {
    this.#isSecured = state === 'connected';
    if (state === 'failed' || state === 'closed') this.#states.endSession();
    else this.#updateConnection();
  }

  #updateConnection(): void {
    this.#states.setConnected(this.#isReachable && this.#isSecured);
  }
}
