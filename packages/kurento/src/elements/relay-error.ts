import type { EndpointChange } from '@rivero/engine';
import type { KurentoObject } from '../objects/kurento-object.ts';
import { kurentoErrorCodes } from '../kurento-error.ts';

/** Tells that the TURN server of `turnUrl` does not relay, and what to do. The endpoint goes on without it. */
export function raiseRelayError(
  object: KurentoObject,
  { code, message }: Extract<EndpointChange, { type: 'relay-failed' }>,
): void {
  object.raise('Error', {
    description: `${message} It is set by turnUrl. (${code})`,
    errorCode: kurentoErrorCodes.ICE_GATHER_CANDIDATES_ERROR,
    type: 'ICE_GATHER_CANDIDATES_ERROR',
  });
}
