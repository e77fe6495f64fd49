import type { EndpointDtlsState } from '@rivero/engine';
import type { JsonRecord } from '../objects/arguments.ts';
import type { KurentoObject, Operations } from '../objects/kurento-object.ts';
import { complexValue } from '../schema/complex-value.ts';

const stateNames: Readonly<Record<EndpointDtlsState, string>> = {
  new: 'NEW',
  connecting: 'CONNECTING',
  connected: 'CONNECTED',
  failed: 'FAILED',
  closed: 'CLOSED',
};

/** DTLS of one endpoint as Kurento tells it: by the two parts that its connection has, of which the encoder is made first. */
export class DtlsEvents {
  readonly #object: KurentoObject;
  readonly #connectionId: string;
  #state: EndpointDtlsState | undefined;

  constructor(object: KurentoObject, number: number) {
    this.#object = object;
    this.#connectionId = `dtlssrtpenc${number}-dtlssrtpdec${number}-1-1`;
  }

  readonly operations: Operations = {
    getDtlsConnectionState: () => this.#parts().map((part) => complexValue('DtlsConnection', part)),
  };

  handleState(state: EndpointDtlsState): void {
    if (state === this.#state) return;
    // A connection is new before it is anything else.
    if (this.#state === undefined && state !== 'new') this.handleState('new');
    this.#state = state;
    for (const part of this.#parts()) this.#object.raise('DtlsConnectionStateChange', part);
  }

  #parts(): readonly JsonRecord[] {
    const state = this.#state;
    if (state === undefined) return [];
    const components = state === 'new' ? ['enc'] : ['dec', 'enc'];
    return components.map((component) => ({
      streamId: '1',
      componentId: `[bundle/dtlssrtp${component}]`,
      connectionId: this.#connectionId,
      state: stateNames[state],
    }));
  }
}
