import { bitsPerSecond, milliseconds } from '@rivero/core';
import type { EndpointStatistics } from '@rivero/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../model.ts';
import { isRecord, type JsonRecord } from '../objects/arguments.ts';
import { noStream } from '../test/fake-endpoint-engine.ts';
import { TestElements } from '../test/test-elements.ts';

let server: TestElements;
let id: string;

beforeEach(async () => {
  server = new TestElements();
  id = await server.create('w', 'WebRtcEndpoint', { mediaPipeline: await server.pipeline() });
  server.engine.statistics = connected;
});

const connected: EndpointStatistics = {
  received: [
    {
      ...noStream,
      kind: 'video',
      trackId: 'w/video',
      ssrc: 4_000_000_000,
      codec: 'VP8',
      payloadType: 96,
      clockRate: 90_000,
      packets: 1000,
      bytes: 900_000,
      packetsLost: 10,
      fractionLost: 0.01,
      jitterMs: 5,
      nackCount: 7,
      pliCount: 2,
      firCount: 1,
      remb: bitsPerSecond(800_000),
    },
  ],
  sent: [
    {
      ...noStream,
      kind: 'audio',
      trackId: 'other/audio',
      ssrc: 7,
      codec: 'opus',
      payloadType: 111,
      clockRate: 48_000,
      packets: 500,
      bytes: 40_000,
      roundTripTime: milliseconds(20),
    },
    {
      ...noStream,
      kind: 'video',
      trackId: undefined,
      ssrc: 8,
      codec: undefined,
      payloadType: undefined,
      clockRate: undefined,
      roundTripTime: undefined,
      remb: bitsPerSecond(300_000),
    },
  ],
  transport: {
    bytesSent: 50_000,
    bytesReceived: 1_000_000,
    iceState: 'ready',
    dtlsState: 'connected',
    selectedPair: {
      local: 'candidate:1 1 UDP 2130706431 192.0.2.1 40000 typ host',
      remote: 'candidate:2 1 TCP 1845501695 2001:db8::1 9 typ prflx tcptype active',
      roundTripTime: undefined,
    },
    localCertificate: Uint8Array.of(1, 2, 3),
    remoteCertificate: undefined,
  },
};

async function statistics(params: Json = {}): Promise<readonly JsonRecord[]> {
  const all = await server.invoke(id, 'getStats', params);
  const record = isRecord(all) ? all : {};
  return Object.entries(record).map(([key, value]) => {
    expect(value).toMatchObject({ id: key, timestampMillis: 1_700_000_000_000, __module__: 'kurento' });
    return isRecord(value) ? value : {};
  });
}

async function ofType(type: string, params: Json = {}): Promise<readonly JsonRecord[]> {
  return (await statistics(params)).filter((each) => each['type'] === type);
}

describe('getStats of an endpoint', () => {
  it('has what was received, in the units of the API', async () => {
    const [received] = await ofType('inboundrtp');
    expect(received).toMatchObject({
      __module__: 'kurento',
      __type__: 'RTCInboundRTPStreamStats',
      id: expect.stringMatching(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/),
      type: 'inboundrtp',
      timestampMillis: 1_700_000_000_000,
      ssrc: '4000000000',
      associateStatsId: '',
      isRemote: false,
      mediaTrackId: 'w/video',
      transportId: (await ofType('transport'))[0]?.['id'],
      codecId: (await ofType('session')).find(({ codec }) => codec === 'video/VP8')?.['id'],
      firCount: 1,
      pliCount: 2,
      nackCount: 7,
      sliCount: 0,
      remb: 800_000,
      packetsLost: 10,
      fractionLost: 0.01,
      packetsReceived: 1000,
      bytesReceived: 900_000,
      jitter: 0.005,
    });
  });

  it('has what was sent, also what carries nothing yet', async () => {
    const sent = await ofType('outboundrtp');
    expect(sent).toMatchObject([
      { ssrc: '7', mediaTrackId: 'other/audio', packetsSent: 500, bytesSent: 40_000, roundTripTime: 0.02 },
      { ssrc: '8', mediaTrackId: '', codecId: '', packetsSent: 0, roundTripTime: 0, remb: 300_000 },
    ]);
  });

  it('has the transport with its pair of candidates and its certificates', async () => {
    const [transport] = await ofType('transport');
    const [pair] = await ofType('candidatepair');
    const [local] = await ofType('localcandidate');
    const [remote] = await ofType('remotecandidate');
    const certificate = (await statistics()).find((each) => each['__type__'] === 'RTCCertificateStats');
    expect(transport).toMatchObject({
      bytesSent: 50_000,
      bytesReceived: 1_000_000,
      activeConnection: true,
      selectedCandidatePairId: pair?.['id'],
      localCertificateId: certificate?.['id'],
      remoteCertificateId: '',
    });
    expect(pair).toMatchObject({
      localCandidateId: local?.['id'],
      remoteCandidateId: remote?.['id'],
      state: 'succeeded',
      nominated: true,
      // The remote side checks, and controls (RFC 8445 section 6.1.2.3).
      readable: true,
      writable: false,
      priority: Number(2n ** 32n * 1_845_501_695n + 2n * 2_130_706_431n),
      availableOutgoingBitrate: 300_000,
      availableIncomingBitrate: 800_000,
    });
    expect(local).toMatchObject({
      __type__: 'RTCIceCandidateAttributes',
      ipAddress: '192.0.2.1',
      portNumber: 40_000,
      transport: 'udp',
      candidateType: 'host',
      priority: 2_130_706_431,
    });
    expect(remote).toMatchObject({ ipAddress: '2001:db8::1', transport: 'tcp', candidateType: 'peerreflexive' });
    expect(certificate).toMatchObject({
      // Of the bytes 1, 2, 3.
      fingerprint: expect.stringMatching(/^03:90:58:C6:F2:C0:CB:49(?::[\dA-F]{2}){24}$/),
      fingerprintAlgorithm: 'sha-256',
      base64Certificate: 'AQID',
    });
  });

  it('has the same ids the next time, and other ones at another endpoint', async () => {
    const ids = async (): Promise<readonly unknown[]> => (await statistics()).map((each) => each['id']);
    const first = await ids();
    expect(await ids()).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
    id = await server.create('x', 'WebRtcEndpoint', { mediaPipeline: await server.pipeline() });
    expect((await ids()).filter((each) => first.includes(each))).toEqual([]);
  });

  it('has of one type of media only that', async () => {
    const types = async (mediaType: string): Promise<readonly unknown[]> =>
      (await statistics({ mediaType })).map((each) => each['__type__']);
    expect(await types('VIDEO')).toEqual([
      'RTCCodec',
      'RTCInboundRTPStreamStats',
      'RTCOutboundRTPStreamStats',
      'EndpointStats',
    ]);
    expect(await types('AUDIO')).toEqual(['RTCCodec', 'RTCOutboundRTPStreamStats', 'EndpointStats']);
    expect(await types('DATA')).toEqual(['EndpointStats']);
  });

  it('has no latencies: they are not measured', async () => {
    expect(await ofType('endpoint')).toMatchObject([{ id, E2ELatency: [], inputLatency: [] }]);
  });

  it('says of a new endpoint that nothing is there', async () => {
    const { transport } = connected;
    const none = { selectedPair: undefined, localCertificate: undefined, dtlsState: 'new' } as const;
    server.engine.statistics = { received: [], sent: [], transport: { ...transport, ...none } };
    expect(await statistics()).toMatchObject([
      { type: 'transport', activeConnection: false, selectedCandidatePairId: '', localCertificateId: '' },
      { type: 'endpoint' },
    ]);
  });
});
