import type { EndpointChange, EndpointStatistics } from '@rivero/engine';
import { type FakeEndpointEngine, noStream } from '../test/fake-endpoint-engine.ts';

/** What an association goes through when all is well. */
const course: readonly EndpointChange[] = [
  { type: 'ice-state', state: 'connecting' },
  {
    type: 'pair-selected',
    local: 'candidate:1 1 UDP 2015364095 127.0.0.1 40769 typ host',
    remote: 'candidate:2 1 UDP 1847591935 127.0.0.1 18608 typ prflx',
  },
  { type: 'ice-state', state: 'connected' },
  { type: 'dtls-state', state: 'new' },
  { type: 'dtls-state', state: 'connecting' },
  { type: 'ice-state', state: 'ready' },
  { type: 'dtls-state', state: 'connected' },
];

/** The endpoint is connected, and sound comes for a while. */
export function associate(engine: FakeEndpointEngine, endpointId: string): void {
  for (const change of course) engine.change(endpointId, change);
  engine.flow(endpointId, 'audio', true);
  engine.flow(endpointId, 'audio', false);
}

const opus = {
  ...noStream,
  kind: 'audio',
  codec: 'opus',
  payloadType: 96,
  clockRate: 48_000,
  ssrc: 1775188610,
} as const;

/** Of an endpoint that was associated. */
export const associatedStatistics: EndpointStatistics = {
  received: [{ ...opus, trackId: 'in' }],
  sent: [{ ...opus, trackId: 'out', roundTripTime: undefined }],
  transport: {
    bytesSent: 0,
    bytesReceived: 0,
    iceState: 'ready',
    dtlsState: 'connected',
    selectedPair: undefined,
    localCertificate: undefined,
    remoteCertificate: undefined,
  },
};
