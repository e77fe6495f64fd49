import { unreachable } from '@rivero/core';
import type { EndpointCandidate, EndpointChange, EndpointIceState } from '@rivero/engine';
import type { JsonRecord } from '../objects/arguments.ts';
import type { KurentoObject, Operations } from '../objects/kurento-object.ts';
import { complexValue } from '../schema/complex-value.ts';
import type { EngineEndpoint } from './engine-endpoint.ts';

const stateNames: Readonly<Record<EndpointIceState, string>> = {
  gathering: 'GATHERING',
  connecting: 'CONNECTING',
  connected: 'CONNECTED',
  ready: 'READY',
  disconnected: 'DISCONNECTED',
  failed: 'FAILED',
};

/** Everything goes over one pair of addresses: there is one stream with one component. */
const stream = { streamId: '1', componentId: 1 } as const;

/**
 * ICE of one endpoint as Kurento tells it: candidates are told when they are asked for and the description names the
 * sections that they are for, and nothing is "connecting" before, unless it really connects.
 */
export class IceEvents {
  readonly #object: KurentoObject;
  readonly #endpoint: EngineEndpoint;
  #state: EndpointIceState | undefined;
  #pair: JsonRecord | undefined;
  /** `asked`: the candidates are to be told with the description; `telling`: when they are there. */
  #gathering: 'not-asked' | 'asked' | 'telling' | 'done' = 'not-asked';
  #isConnectingHeld = false;

  constructor(object: KurentoObject, endpoint: EngineEndpoint) {
    this.#object = object;
    this.#endpoint = endpoint;
  }

  readonly operations: Operations = {
    getICECandidatePairs: () => (this.#pair === undefined ? [] : [this.#pair]),
    getIceConnectionState: () =>
      this.#state === undefined ? [] : [complexValue('IceConnection', { ...stream, state: stateNames[this.#state] })],
  };

  /**
   * Before the description the sections have no names: then it is told at once that gathering is done, for those who wait
   * for it before they negotiate, and the candidates follow with the description.
   */
  async gather(isDescribed: boolean): Promise<void> {
    this.#gathering = isDescribed ? 'telling' : 'asked';
    if (this.#state === undefined) this.#tellState('gathering');
    const candidates = await this.#endpoint.gatherCandidates();
    if (isDescribed) this.#tellCandidates(candidates);
    else this.#object.raise('IceGatheringDone', {});
  }

  async handleDescribed(): Promise<void> {
    if (this.#gathering !== 'asked') return;
    this.#gathering = 'telling';
    this.#tellCandidates(await this.#endpoint.gatherCandidates());
  }

  handleChange(change: Extract<EndpointChange, { type: 'ice-state' | 'pair-selected' }>): void {
    switch (change.type) {
      case 'ice-state':
        if (change.state === 'connecting' && this.#gathering !== 'done') this.#isConnectingHeld = true;
        else this.#tellState(change.state);
        break;
      case 'pair-selected':
        this.#tellHeld();
        this.#pair = complexValue('IceCandidatePair', {
          ...stream,
          localCandidate: change.local,
          remoteCandidate: change.remote,
        });
        this.#object.raise('NewCandidatePairSelected', { candidatePair: this.#pair });
        break;
      default:
        unreachable(change);
    }
  }

  #tellCandidates(candidates: readonly EndpointCandidate[]): void {
    for (const { candidate, mid, sectionIndex } of candidates) {
      this.#object.raise('IceCandidateFound', {
        candidate: complexValue('IceCandidate', { candidate, sdpMid: mid, sdpMLineIndex: sectionIndex }),
      });
    }
    this.#gathering = 'done';
    this.#object.raise('IceGatheringDone', {});
    this.#tellHeld();
  }

  #tellHeld(): void {
    if (!this.#isConnectingHeld) return;
    this.#isConnectingHeld = false;
    this.#tellState('connecting');
  }

  #tellState(state: EndpointIceState): void {
    if (state === this.#state) return;
    if (state !== 'gathering') this.#tellHeld();
    this.#state = state;
    this.#object.raise('IceComponentStateChanged', {
      streamId: Number(stream.streamId),
      componentId: stream.componentId,
      state: stateNames[state],
    });
  }
}
