import { X509Certificate } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createOffer, serializeSessionDescription } from '@rivero/protocol/sdp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EngineEvent } from './contract.ts';
import type { EngineOptions } from './engine-options.ts';
import { type RunningEngine, startEngine } from './engine.ts';

const running: RunningEngine[] = [];
const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function start(options: Partial<EngineOptions> = {}): Promise<RunningEngine> {
  const engine = await startEngine({ workers: 1, mediaPort: 0, udp: true, tcp: true, log: noLog, ...options });
  running.push(engine);
  return engine;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((engine) => engine.stop()));
});

function offer(): string {
  const fingerprint = { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') } as const;
  const ice = { ufrag: 'abcd', pwd: 'abcdefghijklmnopqrstuvwx' };
  return serializeSessionDescription(
    createOffer({
      sessionId: '1',
      sessionVersion: 1,
      local: { ice, iceLite: false, fingerprint, candidates: [] },
      sections: [
        {
          mid: '0',
          kind: 'video',
          direction: 'sendonly',
          sent: { msid: { stream: 's', track: 't' }, cname: 'c', ssrc: 1, rtxSsrc: 2 },
        },
      ],
    }),
  );
}

describe('the engine', () => {
  it('answers offers with the address of the worker that holds the room', async () => {
    const engine = await start({ workers: 2 });
    expect(engine.isHealthy()).toBe(true);
    const answers = [];
    for (const room of ['a', 'b']) {
      await engine.openRoom(room);
      await engine.openPeer(room, 'ann');
      answers.push(await engine.negotiate(room, 'ann', { offer: offer(), tracks: [{ mid: '0', trackId: 'camera' }] }));
    }
    const ports = answers.map(({ answer }) => /a=candidate:\S+ 1 udp \d+ \S+ (\d+) typ host/.exec(answer)?.[1]);
    expect(new Set(ports.map(Number))).toEqual(new Set(engine.ports));
    expect(answers[0].published).toEqual([{ trackId: 'camera', mid: '0', kind: 'video', codec: 'VP8' }]);
    const statistics = await engine.statistics('a');
    expect(statistics.peers).toEqual([{ peerId: 'ann', state: 'connecting' }]);
    expect(statistics.producers).toMatchObject([{ id: 'camera', packets: 0 }]);
  });

  it('tells a subscriber how many sections it needs, and refuses what is not there by code', async () => {
    const engine = await start();
    await engine.openRoom('a');
    for (const peer of ['ann', 'bob']) await engine.openPeer('a', peer);
    await engine.negotiate('a', 'ann', { offer: offer(), tracks: [{ mid: '0', trackId: 'camera' }] });
    await expect(engine.subscribe('a', 'bob', ['camera'])).resolves.toEqual({ offer: true, audio: 0, video: 1 });
    await expect(engine.subscribe('b', 'bob', [])).rejects.toMatchObject({ code: 'room-unknown' });
    await expect(engine.openPeer('a', 'bob')).rejects.toMatchObject({ code: 'peer-exists' });
    await expect(engine.closePeer('a', 'joe')).rejects.toMatchObject({ code: 'peer-unknown' });
    await expect(engine.openRoom('a')).rejects.toMatchObject({ code: 'room-exists' });
    await expect(engine.negotiate('a', 'bob', { offer: 'no SDP', tracks: [] })).rejects.toMatchObject({
      code: expect.stringMatching(/^sdp-/),
    });
    await engine.closeRoom('a');
    await expect(engine.statistics('a')).rejects.toMatchObject({ code: 'room-unknown' });
  });

  it('carries requests about endpoints to the worker, and tells what happens at them', async () => {
    const engine = await start();
    const events: EngineEvent[] = [];
    engine.onEvent((event) => events.push(event));
    await engine.openRoom('a');
    const trackIds = { audio: 'sound', video: 'camera' };
    const options = { type: 'webrtc', trackIds, direction: 'sendrecv', certificate: 'rsa' } as const;
    for (const id of ['one', 'two']) await engine.openEndpoint('a', id, options);
    const offered = await engine.createOffer('a', 'one', { audio: undefined, video: 'sendonly' });
    const answer = await engine.answerOffer('a', 'two', offered);
    await engine.applyAnswer('a', 'one', answer);
    const candidates = await engine.gatherCandidates('a', 'two');
    expect(candidates[0]).toMatchObject({
      candidate: expect.stringMatching(/^candidate:/),
      mid: 'video0',
      sectionIndex: 0,
    });
    await expect(engine.localDescription('a', 'two')).resolves.toContain(candidates[0].candidate);
    await engine.addRemoteCandidate('a', 'one', candidates[0].candidate);
    await engine.setSource('a', 'one', 'video', 'camera');
    await engine.requestKeyframe('a', 'camera');
    const { sent, received, transport } = await engine.endpointStatistics('a', 'one');
    expect([sent.length, received.length]).toEqual([1, 0]);
    expect(new X509Certificate(transport.localCertificate ?? '').publicKey.asymmetricKeyType).toBe('rsa');
    expect(events).toContainEqual({
      type: 'endpoint',
      roomId: 'a',
      endpointId: 'two',
      change: { type: 'ice-state', state: 'gathering' },
    });
    await engine.closeEndpoint('a', 'one');
    await expect(engine.closeEndpoint('a', 'one')).rejects.toMatchObject({ code: 'endpoint-unknown' });
    await expect(engine.endpointStatistics('b', 'two')).rejects.toMatchObject({ code: 'room-unknown' });
    await engine.replaceWorker(0);
    await expect.poll(() => events.at(-1)).toEqual({ type: 'rooms-lost', roomIds: ['a'] });
    await expect(engine.localDescription('a', 'two')).rejects.toMatchObject({ code: 'room-unknown' });
  });

  it('does not start with a certificate that it cannot read', async () => {
    await expect(start({ dtlsPems: { rsa: 'hello' } })).rejects.toMatchObject({ code: 'dtls-certificate-unreadable' });
  });

  it('replaces a worker that ends, on the same port, and says which rooms are lost; the other’s go on', async () => {
    const lines: string[] = [];
    const log = {
      ...noLog,
      info: (text: string) => void lines.push(`info: ${text}`),
      error: (text: string) => void lines.push(`error: ${text}`),
    };
    const engine = await start({ workers: 2, log });
    const { ports } = engine;
    for (const room of ['a', 'b']) await engine.openRoom(room);
    const lost = new Promise<EngineEvent>((resolve) => {
      engine.onEvent((event) => event.type === 'rooms-lost' && event.roomIds.includes('a') && resolve(event));
    });
    await engine.replaceWorker(0);
    expect(engine.isHealthy()).toBe(false);
    await expect(engine.statistics('b')).resolves.toMatchObject({ peers: [] });
    await expect(lost).resolves.toEqual({ type: 'rooms-lost', roomIds: ['a'] });
    expect(lines).toEqual(['info: Media worker 0 is replaced on request; its 1 rooms go on in the new one.']);
    expect(engine.isHealthy()).toBe(true);
    expect(engine.ports).toEqual(ports);
    await expect(engine.openPeer('a', 'ann')).rejects.toMatchObject({ code: 'room-unknown' });
    await engine.openRoom('a');
    await engine.openPeer('a', 'ann');
  });

  it('tells the counters and sizes of each worker', async () => {
    const engine = await start({ workers: 2 });
    await engine.openRoom('a');
    await engine.openPeer('a', 'ann');
    const socket = createSocket('udp4');
    const sent = new Promise((resolve) => socket.send(Uint8Array.of(0, 1), engine.ports[0], '127.0.0.1', resolve));
    await sent;
    socket.close();
    await vi.waitFor(async () => {
      const [first, second] = await engine.workerStatistics();
      expect(first.counters).toMatchObject({ 'datapath/received': 1, 'tcp/accepted': 0, 'ice/bad-integrity': 0 });
      expect(first.sizes).toMatchObject({ rooms: 1, sessions: 1, streams: 0 });
      expect(first.sizes.freeSlots).toBeGreaterThan(0);
      expect(second.counters).toMatchObject({ 'datapath/received': 0 });
      expect(second.sizes.rooms).toBe(0);
    });
  });

  it('does not start on a port that is taken, and says which setting to change', async () => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    await expect(start({ mediaPort: port })).rejects.toMatchObject({
      code: 'media-port-taken',
      message: expect.stringContaining('RIVERO_MEDIA_PORT'),
    });
    socket.close();
  });

  it('offers TCP only when UDP is off', async () => {
    const engine = await start({ udp: false });
    await engine.openRoom('a');
    await engine.openPeer('a', 'ann');
    const { answer } = await engine.negotiate('a', 'ann', { offer: offer(), tracks: [] });
    const protocols = answer
      .split('\r\n')
      .filter((line) => line.startsWith('a=candidate:'))
      .map((line) => line.split(' ')[2]);
    expect(new Set(protocols.map((protocol) => protocol.toLowerCase()))).toEqual(new Set(['tcp']));
  });

  it('offers the external address first when it is set', async () => {
    const engine = await start({ externalIpv4: '203.0.113.9' });
    await engine.openRoom('a');
    await engine.openPeer('a', 'ann');
    const { answer } = await engine.negotiate('a', 'ann', { offer: offer(), tracks: [] });
    const [best] = answer
      .split('\r\n')
      .filter((line) => line.startsWith('a=candidate:'))
      .map((line) => line.split(' '))
      .toSorted((a, b) => Number(b[3]) - Number(a[3]));
    expect(best[4]).toBe('203.0.113.9');
  });

  it('makes the RSA key of the first endpoint beside its media, while what is asked of its room at once waits in order', async () => {
    const engine = await start();
    for (const room of ['a', 'b']) await engine.openRoom(room);
    const trackIds = { audio: 'e/audio', video: 'e/video' };
    const told: string[] = [];
    const tell = (name: string) => () => void told.push(name);
    await Promise.all([
      engine
        .openEndpoint('a', 'e', { type: 'webrtc', trackIds, direction: 'sendrecv', certificate: 'rsa' })
        .then(tell('opened')),
      engine.createOffer('a', 'e', { audio: 'sendrecv', video: undefined }).then(tell('offered')),
      engine.closeEndpoint('a', 'e').then(tell('closed')),
      engine.openPeer('b', 'ann').then(tell('elsewhere')),
    ]);
    expect(told).toEqual(['elsewhere', 'opened', 'offered', 'closed']);
    const [{ sizes }] = await engine.workerStatistics();
    expect(sizes.sessions).toBe(1);
  });
});
