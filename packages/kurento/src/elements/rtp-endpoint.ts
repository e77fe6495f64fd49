import type { ObjectFactory } from '../objects/kurento-object.ts';
import { openRtpEndpoint } from './base-rtp-endpoint.ts';
import type { ElementsContext } from './elements-context.ts';
import { readSdes } from './sdes.ts';

/** Endpoints for plain RTP, and for SRTP with keys in the SDP. */
export function rtpEndpointFactory(context: ElementsContext): ObjectFactory {
  return {
    type: 'RtpEndpoint',
    open: async (object, args) => {
      const crypto = readSdes(args.record('crypto'));
      return openRtpEndpoint(context, object, ({ endpoint, states }) => ({
        options: {
          type: 'rtp',
          trackIds: endpoint.trackIds,
          ip: args.boolean('useIpv6') ? 'ipv6' : 'ipv4',
          ...(crypto === undefined ? {} : { crypto }),
        },
        direction: 'sendrecv',
        settings: () => ({ networkInterfaces: [], iceTcp: false }),
        operations: {},
        onDescribed: async () => {},
        onNegotiated: () => {
          states.startSession();
          // There is nothing to connect: each side knows the other's address.
          states.setConnected(true);
        },
        handleChange: (change) => {
          if (change.type === 'key-soft-limit') {
            object.raise('OnKeySoftLimit', { mediaType: change.kind === 'audio' ? 'AUDIO' : 'VIDEO' });
          }
        },
      }));
    },
  };
}
