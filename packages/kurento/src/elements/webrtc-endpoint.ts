import { CodedError } from '@rivero/core';
import type { EndpointDirection } from '@rivero/engine';
import { KurentoError } from '../kurento-error.ts';
import type { Json } from '../model.ts';
import type { Arguments } from '../objects/arguments.ts';
import type { ObjectFactory } from '../objects/kurento-object.ts';
import { openRtpEndpoint } from './base-rtp-endpoint.ts';
import type { ElementsContext } from './elements-context.ts';
import type { EngineEndpoint } from './engine-endpoint.ts';
import { Gathering } from './gathering.ts';
import { IceProperties } from './ice-properties.ts';
import { illegalParameter } from './number-properties.ts';
import { WebRtcTransport } from './webrtc-transport.ts';

/** Endpoints for browsers. */
export function webRtcEndpointFactory(context: ElementsContext): ObjectFactory {
  return {
    type: 'WebRtcEndpoint',
    open: async (object, args) => {
      const direction = directionArgument(args);
      return openRtpEndpoint(context, object, ({ endpoint, states, configure, isDescribed }) => {
        const properties = new IceProperties(configure);
        const transport = new WebRtcTransport({ object, endpoint, states, number: context.nextNumber() });
        const gathering = new Gathering({ asksServers: () => properties.asksServers, tellBug: context.tellBug });
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
            ...transport.operations,
            gatherCandidates: async () => {
              await gathering.ask(async () => transport.gather(isDescribed()));
              return undefined;
            },
            addIceCandidate: async (candidateArgs) => {
              await addCandidate(endpoint, candidateArgs.record('candidate')['candidate']);
              return undefined;
            },
            createDataChannel: refuseDataChannels,
            closeDataChannel: refuseDataChannels,
          },
          onDescribed: async () => gathering.go(async () => transport.handleDescribed()),
          onNegotiated: () => {
            states.startSession();
          },
          handleChange: (change) => {
            transport.handleChange(change);
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
