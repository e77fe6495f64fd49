import { LoadPeers, LoadRoom } from '@rivero/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type EngineEvent, type RunningEngine, startEngine } from '../src/index.ts';

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const open: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];

async function start(workers: number, roomSessionsMax = 1): Promise<RunningEngine> {
  const engine = await startEngine({
    workers,
    mediaPort: 0,
    udp: true,
    tcp: false,
    // The machine may have other things to do.
    placement: { roomSessionsMax, loadOf: () => 0 },
    log: noLog,
  });
  open.push(engine);
  return engine;
}

function openPeers(): LoadPeers {
  const peers = new LoadPeers();
  open.push(peers);
  return peers;
}

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await (one.stop?.() ?? one.close?.());
});

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** Over all workers. */
async function counted(engine: RunningEngine, name: string): Promise<number> {
  return sumOf((await engine.workerStatistics()).map(({ counters }) => counters[name]));
}

describe('a room in several workers', () => {
  it('has its publisher’s packets reach receivers in all of them, each once', async () => {
    const engine = await start(3, 2);
    const peers = openPeers();
    const room = await LoadRoom.open(engine, peers, 'room');
    const publisher = await room.publish();
    for (let i = 0; i < 5; i++) await room.subscribe();
    const sessions = (await engine.workerStatistics()).map(({ sizes }) => sizes.sessions);
    expect(sessions).toEqual([2, 2, 2]);
    const packets = 50;
    for (let sent = 0; sent < packets; sent++) {
      peers.publish(publisher, 1_000, sent * 90);
      peers.flush();
    }
    await vi.waitFor(() => expect(peers.receivedCount).toBeGreaterThanOrEqual(packets * 5), 10_000);
    expect(peers.receivedCount).toBe(packets * 5);
    expect(await counted(engine, 'cascade/written')).toBe(packets * 2);
    expect(await counted(engine, 'cascade/read')).toBe(packets * 2);
    const { producers, consumers, peers: told } = await engine.statistics('room');
    expect(producers).toMatchObject([{ id: 'track-peer-1', packets, consumers: 5, pausedConsumers: 0 }]);
    expect(consumers.map((consumer) => consumer.packets)).toEqual(Array.from({ length: 5 }, () => packets));
    expect(told).toHaveLength(6);
  });

  it('knows a track everywhere once its publisher was answered, and knows none that was withdrawn', async () => {
    const engine = await start(4);
    const peers = openPeers();
    const room = await LoadRoom.open(engine, peers, 'room');
    for (const peer of ['ann', 'bob', 'eve']) await engine.openPeer('room', peer);
    for (let round = 0; round < 20; round++) {
      await room.publish();
      const needed = await Promise.all(
        ['ann', 'bob', 'eve'].map((peer) => engine.subscribe('room', peer, [`track-peer-${round + 1}`])),
      );
      expect(needed).toEqual(needed.map(() => ({ offer: true, audio: 0, video: 1 })));
      await engine.closePeer('room', `peer-${round + 1}`);
      const after = await Promise.all(
        ['ann', 'bob', 'eve'].map((peer) => engine.subscribe('room', peer, [`track-peer-${round + 1}`])),
      );
      expect(after).toEqual(after.map(() => ({ offer: false, audio: 0, video: 0 })));
    }
  });

  it('refuses names that somebody has in another worker', async () => {
    const engine = await start(2);
    await engine.openRoom('room');
    for (const peer of ['ann', 'bob']) await engine.openPeer('room', peer);
    for (const peer of ['ann', 'bob'])
      await expect(engine.openPeer('room', peer)).rejects.toMatchObject({ code: 'peer-exists' });
    const trackIds = { audio: 'a', video: 'v' };
    const options = { type: 'webrtc', trackIds, direction: 'sendrecv', certificate: 'ecdsa' } as const;
    for (const id of ['one', 'two']) await engine.openEndpoint('room', id, options);
    await expect(engine.openEndpoint('room', 'one', options)).rejects.toMatchObject({ code: 'endpoint-exists' });
    await engine.closePeer('room', 'ann');
    await expect(engine.closePeer('room', 'ann')).rejects.toMatchObject({ code: 'peer-unknown' });
    await engine.openPeer('room', 'ann');
  });

  it('is lost as a whole with any of its workers, and can be opened anew; rooms without a branch there go on', async () => {
    const engine = await start(3);
    const peers = openPeers();
    const lost: (readonly string[])[] = [];
    engine.onEvent((event: EngineEvent) => event.type === 'rooms-lost' && lost.push(event.roomIds));
    const room = await LoadRoom.open(engine, peers, 'big');
    await room.publish();
    await room.subscribe();
    await engine.openRoom('small');
    await engine.openPeer('small', 'ann');
    const sizes = async () => (await engine.workerStatistics()).map((statistics) => statistics.sizes);
    expect((await sizes()).map(({ rooms, sessions }) => [rooms, sessions])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    await engine.replaceWorker(1);
    await vi.waitFor(() => expect(lost).toEqual([['big']]), 10_000);
    await expect(engine.statistics('big')).rejects.toMatchObject({ code: 'room-unknown' });
    await expect(engine.statistics('small')).resolves.toMatchObject({ peers: [{ peerId: 'ann' }] });
    expect((await sizes()).map(({ rooms, sessions, streams }) => [rooms, sessions, streams])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [1, 1, 0],
    ]);
    const again = await LoadRoom.open(engine, peers, 'big');
    const publisher = await again.publish();
    await again.subscribe();
    await again.subscribe();
    const before = peers.receivedCount;
    peers.publish(publisher, 500, 0);
    peers.flush();
    await vi.waitFor(() => expect(peers.receivedCount - before).toBe(2), 10_000);
  });

  it('leaves nothing behind in any of them when it closes, and is as good as new when it is opened again', async () => {
    const engine = await start(2);
    const peers = openPeers();
    for (let round = 1; round <= 3; round++) {
      const room = await LoadRoom.open(engine, peers, 'room');
      const publisher = await room.publish();
      for (let i = 0; i < 3; i++) await room.subscribe();
      for (let sent = 0; sent < 20; sent++) peers.publish(publisher, 1_000, sent);
      peers.flush();
      await vi.waitFor(() => expect(peers.receivedCount).toBe(60 * round), 10_000);
      expect(await counted(engine, 'cascade/read')).toBe(20 * round);
      await engine.closeRoom('room');
      await vi.waitFor(async () => {
        const sizes = (await engine.workerStatistics()).map((statistics) => statistics.sizes);
        expect(sizes.map(({ rooms, sessions, streams }) => [rooms, sessions, streams])).toEqual([
          [0, 0, 0],
          [0, 0, 0],
        ]);
        expect(new Set(sizes.map(({ freeSlots }) => freeSlots)).size).toBe(1);
      }, 10_000);
    }
  });
});

describe('a small room', () => {
  it('stays in one worker', async () => {
    const engine = await start(3, 150);
    await engine.openRoom('room');
    for (let i = 0; i < 20; i++) await engine.openPeer('room', `peer-${i}`);
    const sizes = (await engine.workerStatistics()).map((statistics) => statistics.sizes);
    expect(sizes.map(({ rooms, sessions }) => [rooms, sessions])).toEqual([
      [1, 20],
      [0, 0],
      [0, 0],
    ]);
  });
});
