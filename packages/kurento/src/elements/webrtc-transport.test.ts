import { CodedError } from '@rivero/core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../model.ts';
import { candidateLine } from '../test/fake-endpoint-engine.ts';
import { TestElements } from '../test/test-elements.ts';
import { gatheringsMax } from './gathering.ts';

let server: TestElements;
let mediaPipeline: string;

beforeEach(async () => {
  server = new TestElements();
  mediaPipeline = await server.pipeline();
});

async function endpoint(name = 'w'): Promise<string> {
  return server.create(name, 'WebRtcEndpoint', { mediaPipeline });
}

describe('ICE', () => {
  const offer = 'v=0\r\n';
  const found = [
    `w IceCandidateFound (${candidateLine} audio0 0)`,
    `w IceCandidateFound (${candidateLine} video0 1)`,
    'w IceGatheringDone',
  ];

  it('tells candidates of each section when they are asked for, and is connecting after that only', async () => {
    const id = await endpoint();
    await server.invoke(id, 'processOffer', { offer });
    server.engine.change(id, { type: 'ice-state', state: 'connecting' });
    server.takeEvents();
    await server.invoke(id, 'gatherCandidates');
    expect(server.takeEvents()).toEqual([
      'w IceComponentStateChanged 1 1 GATHERING',
      ...found,
      'w IceComponentStateChanged 1 1 CONNECTING',
    ]);
    expect(await server.invoke(id, 'getLocalSessionDescriptor')).toContain(candidateLine);
  });

  it('is connecting before that when it connects by itself', async () => {
    const id = await endpoint();
    await server.invoke(id, 'processOffer', { offer });
    server.takeEvents();
    server.engine.change(id, { type: 'ice-state', state: 'connecting' });
    server.engine.change(id, { type: 'pair-selected', local: 'l', remote: 'r' });
    server.engine.change(id, { type: 'ice-state', state: 'connected' });
    await server.invoke(id, 'gatherCandidates');
    expect(server.takeEvents()).toEqual([
      'w IceComponentStateChanged 1 1 CONNECTING',
      'w NewCandidatePairSelected (1 1 l r)',
      'w IceComponentStateChanged 1 1 CONNECTED',
      ...found,
    ]);
  });

  it('tells them again when they are asked for again', async () => {
    const id = await endpoint();
    await server.invoke(id, 'processOffer', { offer });
    await server.invoke(id, 'gatherCandidates');
    server.takeEvents();
    await server.invoke(id, 'gatherCandidates');
    expect(server.takeEvents()).toEqual(found);
  });

  it('takes candidates while servers are asked for ours, and tells these when they have answered', async () => {
    const id = await endpoint();
    await server.invoke(id, 'setStunServerAddress', { stunServerAddress: '192.0.2.9' });
    await server.invoke(id, 'processOffer', { offer });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.engine.servers = promise;
    await server.invoke(id, 'gatherCandidates');
    await server.invoke(id, 'addIceCandidate', {
      candidate: { candidate: candidateLine, sdpMid: '0', sdpMLineIndex: 0 },
    });
    expect(server.engine.get(id).remoteCandidates).toEqual([candidateLine]);
    expect(server.takeEvents()).not.toContain('w IceGatheringDone');
    resolve();
    await expect.poll(() => server.takeEvents()).toEqual(found);
  });

  it('describes itself while servers are asked that it was to ask before', async () => {
    const id = await endpoint();
    await server.invoke(id, 'setStunServerAddress', { stunServerAddress: '192.0.2.9' });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.engine.servers = promise;
    await server.invoke(id, 'gatherCandidates');
    await server.invoke(id, 'processOffer', { offer });
    resolve();
    await expect.poll(() => server.takeEvents().slice(-found.length)).toEqual(found);
  });

  it(`lets ${gatheringsMax} gatherings wait for servers`, async () => {
    const id = await endpoint();
    await server.invoke(id, 'setStunServerAddress', { stunServerAddress: '192.0.2.9' });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.engine.servers = promise;
    for (let asked = 0; asked < gatheringsMax; asked++) await server.invoke(id, 'gatherCandidates');
    const refused = { type: 'NOT_ENOUGH_RESOURCES' };
    await expect(server.invoke(id, 'gatherCandidates')).rejects.toMatchObject(refused);
    for (let offers = 0; offers < 10; offers++) await server.invoke(id, 'processOffer', { offer });
    resolve();
    await expect.poll(() => server.takeEvents().slice(-found.length)).toEqual(found);
    expect(server.engine.calls.filter((call) => call === 'gatherCandidates')).toHaveLength(gatheringsMax + 1);
    await server.invoke(id, 'gatherCandidates');
  });

  it('hears nothing of servers that answer after its end', async () => {
    const id = await endpoint();
    await server.invoke(id, 'setTurnUrl', { turnUrl: 'user:secret@192.0.2.1:3478' });
    await server.invoke(id, 'processOffer', { offer });
    const { promise, reject } = Promise.withResolvers<void>();
    server.engine.servers = promise;
    await server.invoke(id, 'gatherCandidates');
    server.takeEvents();
    await server.model.release(id);
    reject(new CodedError('endpoint-unknown', 'The endpoint is closed'));
    await new Promise((resolve) => void setTimeout(resolve, 5));
    expect(server.takeEvents().filter((event) => event.includes('Ice'))).toEqual([]);
    expect(server.bugs).toEqual([]);
  });

  it('tells that the TURN server does not relay, and where it is set', async () => {
    const id = await endpoint();
    const message = 'The TURN server 192.0.2.1:3478 (udp) does not take the user and password (401); set others.';
    server.engine.change(id, { type: 'relay-failed', code: 'turn-unauthorized', message });
    expect(server.events.map(({ data }) => data)).toMatchObject([
      {
        source: id,
        errorCode: 40_400,
        type: 'ICE_GATHER_CANDIDATES_ERROR',
        description: `${message} It is set by turnUrl. (turn-unauthorized)`,
      },
    ]);
  });

  it('that gathers before the negotiation is done at once, and tells candidates with the names of sections', async () => {
    const id = await endpoint();
    await server.invoke(id, 'gatherCandidates');
    expect(server.takeEvents()).toEqual(['w IceComponentStateChanged 1 1 GATHERING', 'w IceGatheringDone']);
    await server.invoke(id, 'processOffer', { offer });
    expect(server.takeEvents()).toEqual(['w MediaSessionStarted', ...found]);
    await server.invoke(id, 'processOffer', { offer });
    expect(server.takeEvents()).toEqual([]);
  });

  it('takes candidates before the negotiation, passes over the end of them, and refuses what is none', async () => {
    const id = await endpoint();
    const add = async (candidate: string): Promise<Json> =>
      server.invoke(id, 'addIceCandidate', { candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } });
    expect(await add(candidateLine)).toBeNull();
    expect(await add('')).toBeNull();
    expect(server.engine.get(id).remoteCandidates).toEqual([candidateLine]);
    await expect(add('nonsense')).rejects.toMatchObject({
      type: 'ICE_ADD_CANDIDATE_ERROR',
      message: 'Error adding candidate',
    });
  });

  it('and DTLS tell how the connection comes about, each as its own events and properties', async () => {
    const id = await endpoint();
    await server.invoke(id, 'processOffer', { offer });
    await server.invoke(id, 'gatherCandidates');
    server.takeEvents();
    const { engine } = server;
    engine.change(id, { type: 'ice-state', state: 'connecting' });
    engine.change(id, { type: 'pair-selected', local: candidateLine, remote: 'candidate:remote' });
    engine.change(id, { type: 'ice-state', state: 'connected' });
    engine.change(id, { type: 'dtls-state', state: 'connecting' });
    engine.change(id, { type: 'ice-state', state: 'ready' });
    engine.change(id, { type: 'dtls-state', state: 'connected' });
    const events = server.takeEvents().map((event) => event.replaceAll(/(dtlssrtp...)\d+/g, '$1N'));
    const connection = 'dtlssrtpencN-dtlssrtpdecN-1-1';
    expect(events).toEqual([
      'w IceComponentStateChanged 1 1 CONNECTING',
      `w NewCandidatePairSelected (1 1 ${candidateLine} candidate:remote)`,
      'w IceComponentStateChanged 1 1 CONNECTED',
      `w DtlsConnectionStateChange 1 [bundle/dtlssrtpenc] ${connection} NEW`,
      `w DtlsConnectionStateChange 1 [bundle/dtlssrtpdec] ${connection} CONNECTING`,
      `w DtlsConnectionStateChange 1 [bundle/dtlssrtpenc] ${connection} CONNECTING`,
      'w IceComponentStateChanged 1 1 READY',
      'w ConnectionStateChanged DISCONNECTED CONNECTED',
      `w DtlsConnectionStateChange 1 [bundle/dtlssrtpdec] ${connection} CONNECTED`,
      `w DtlsConnectionStateChange 1 [bundle/dtlssrtpenc] ${connection} CONNECTED`,
    ]);
    const common = { __module__: 'kurento', streamId: '1' };
    expect(await server.invoke(id, 'getIceConnectionState')).toMatchObject([
      { ...common, __type__: 'IceConnection', componentId: 1, state: 'READY' },
    ]);
    const pair = { localCandidate: candidateLine, remoteCandidate: 'candidate:remote', componentId: 1 };
    expect(await server.invoke(id, 'getICECandidatePairs')).toMatchObject([
      { ...common, __type__: 'IceCandidatePair', ...pair },
    ]);
    expect(await server.invoke(id, 'getDtlsConnectionState')).toMatchObject([
      { ...common, __type__: 'DtlsConnection', componentId: '[bundle/dtlssrtpdec]', state: 'CONNECTED' },
      { ...common, __type__: 'DtlsConnection', componentId: '[bundle/dtlssrtpenc]', state: 'CONNECTED' },
    ]);
    expect(await server.invoke(id, 'getConnectionState')).toBe('CONNECTED');
  });
});

describe('the session', () => {
  async function connected(): Promise<string> {
    const id = await endpoint();
    await server.invoke(id, 'processOffer', { offer: 'v=0\r\n' });
    server.engine.change(id, { type: 'dtls-state', state: 'connected' });
    server.takeEvents();
    return id;
  }

  it('has media while some flows, either way', async () => {
    const id = await connected();
    const other = await endpoint('other');
    server.engine.flow(id, 'audio', true);
    await server.connect(other, id);
    server.engine.flow(other, 'video', true);
    server.engine.flow(id, 'audio', false);
    expect(await server.invoke(id, 'getMediaState')).toBe('CONNECTED');
    server.engine.flow(other, 'video', false);
    expect(server.takeEvents().filter((event) => event.includes('MediaState'))).toEqual([
      'w MediaStateChanged DISCONNECTED CONNECTED',
      'w MediaStateChanged CONNECTED DISCONNECTED',
    ]);
  });

  it('is connected and has media again when ICE comes back after it was disconnected', async () => {
    const id = await connected();
    server.engine.flow(id, 'audio', true);
    server.takeEvents();
    server.engine.change(id, { type: 'ice-state', state: 'disconnected' });
    expect(server.takeEvents()).toEqual([
      'w IceComponentStateChanged 1 1 DISCONNECTED',
      'w ConnectionStateChanged CONNECTED DISCONNECTED',
      'w MediaStateChanged CONNECTED DISCONNECTED',
    ]);
    server.engine.change(id, { type: 'ice-state', state: 'connected' });
    expect(server.takeEvents()).toEqual([
      'w IceComponentStateChanged 1 1 CONNECTED',
      'w ConnectionStateChanged DISCONNECTED CONNECTED',
      'w MediaStateChanged DISCONNECTED CONNECTED',
    ]);
  });

  it.each([
    { type: 'ice-state', state: 'failed' },
    { type: 'dtls-state', state: 'closed' },
    { type: 'dtls-state', state: 'failed' },
  ] as const)('ends once with $type $state, and begins anew with another negotiation', async (change) => {
    const id = await connected();
    server.engine.change(id, change);
    server.engine.change(id, { type: 'dtls-state', state: 'closed' });
    expect(server.takeEvents().filter((event) => !/Dtls|Ice/.test(event))).toEqual([
      'w ConnectionStateChanged CONNECTED DISCONNECTED',
      'w MediaSessionTerminated',
    ]);
    await server.invoke(id, 'processOffer', { offer: 'v=0\r\n' });
    expect(server.takeEvents()).toEqual(['w MediaSessionStarted']);
  });

  it('tells at the sink which codecs do not meet, and what to do', async () => {
    const id = await connected();
    const differ = { type: 'codecs-differ', kind: 'video', trackId: 'x/video', sourceCodec: 'VP9' } as const;
    server.engine.change(id, { ...differ, sinkCodecs: ['VP8', 'H264'] });
    server.engine.change(id, { ...differ, sinkCodecs: [] });
    const advice = 'Negotiate a codec that both sides have, by the order of codecs in the offers.';
    expect(server.events.map(({ data }) => data)).toMatchObject([
      {
        source: id,
        errorCode: 6,
        type: 'STREAM_ERROR_CODEC_NOT_FOUND',
        description: `The source sends VP9, and the remote side of this endpoint takes VP8, H264: media is not transcoded. ${advice}`,
      },
      {
        description: `The source sends VP9, and the remote side of this endpoint takes no video: media is not transcoded. ${advice}`,
      },
    ]);
  });

  it('knows no limits of keys: those of DTLS are its own concern', async () => {
    const id = await connected();
    server.engine.change(id, { type: 'key-soft-limit', kind: 'video' });
    expect(server.takeEvents()).toEqual([]);
  });
});
