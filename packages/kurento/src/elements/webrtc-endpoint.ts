import { CodedError, unreachable } from '@rivero/core';
import type { EndpointDirection, EndpointDtlsState } from '@rivero/engine';
import { KurentoError } from '../kurento-error.ts';
import type { Json } from '../model.ts';
import type { Arguments } from '../objects/arguments.ts';
import type { ObjectFactory } from '../objects/kurento-object.ts';
import { openRtpEndpoint, type TransportChange } from './base-rtp-endpoint.ts';
import { DtlsEvents } from './dtls-events.ts';
import type { ElementsContext } from './elements-context.ts';
import type { EngineEndpoint } from './engine-endpoint.ts';
import { IceEvents } from './ice-events.ts';
import { IceProperties } from './ice-properties.ts';
import { illegalParameter } from './number-properties.ts';
import type { SessionStates } from './session-states.ts';

/** Endpoints for browsers. */
export function webRtcEndpointFactory(context: ElementsContext): ObjectFactory {
  return {
    type: 'WebRtcEndpoint',
    open: async (object, args) => {
      const direction = directionArgument(args);
      return openRtpEndpoint(context, object, ({ endpoint, states, configure, isDescribed }) => {
        const properties = new IceProperties(configure);
        const ice = new IceEvents(object, endpoint);
        const dtls = new DtlsEvents(object, context.nextNumber());
        return {
          options: {
            type: 'webrtc',
            trackIds: endpoint.trackIds,
            direction,
            certificate: args.oneOf('certificateKeyType', ['RSA', 'ECDSA']) === 'RSA' ? 'rsa' : 'ecdsa',
          },
          direction,
          settings: () => properties.settings,
          operations: {
            ...properties.operations,
            ...ice.operations,
            ...dtls.operations,
            gatherCandidates: async () => {
              await ice.gather(isDescribed());
              return undefined;
            },
            addIceCandidate: async (candidateArgs) => {
              await addCandidate(endpoint, candidateArgs.record('candidate')['candidate']);
              return undefined;
            },
            createDataChannel: refuseDataChannels,
            closeDataChannel: refuseDataChannels,
          },
          onDescribed: async () => ice.handleDescribed(),
          onNegotiated: () => {
            states.startSession();
          },
          handleChange: (change) => {
            handleTransportChange(change, { ice, dtls, states });
          },
        };
      });
    },
  };
}

function directionArgument(args: Arguments): EndpointDirection {
  const [receivesOnly, sendsOnly] = [args.boolean('recvonly'), args.boolean('sendonly')];
  if (receivesOnly && sendsOnly) throw illegalParameter("'recvonly' and 'sendonly' exclude each other");
  if (receivesOnly) return 'recvonly';
  return sendsOnly ? 'sendonly' : 'sendrecv';
}

/** An empty one says that there are no more, which does not matter to us. */
async function addCandidate(endpoint: EngineEndpoint, candidate: Json | undefined): Promise<void> {
  if (typeof candidate !== 'string' || candidate === '') return;
  try {
    await endpoint.addRemoteCandidate(candidate);
  } catch (error) {
    throw error instanceof CodedError && error.code === 'candidate-malformed'
      ? new KurentoError('ICE_ADD_CANDIDATE_ERROR', 'Error adding candidate')
      : error;
  }
}

function refuseDataChannels(): never {
  throw new KurentoError('MEDIA_OBJECT_OPERATION_NOT_SUPPORTED', 'Data channels are not supported');
}

interface TransportParts {
  readonly ice: IceEvents;
  readonly dtls: DtlsEvents;
  readonly states: SessionStates;
}

function handleTransportChange(change: TransportChange, { ice, dtls, states }: TransportParts): void {
  switch (change.type) {
    case 'ice-state':
      ice.handleChange(change);
      if (change.state === 'failed') states.endSession();
      break;
    case 'pair-selected':
      ice.handleChange(change);
      break;
    case 'dtls-state':
      if (hasEnded(change.state)) states.endSession();
      else states.setConnected(change.state === 'connected');
      dtls.handleState(change.state);
      break;
    case 'key-soft-limit':
      // Keys of DTLS are only its own concern.
      break;
    default:
      unreachable(change);
  }
}

function hasEnded(state: EndpointDtlsState): boolean {
  return state === 'failed' || state === 'closed';
}
