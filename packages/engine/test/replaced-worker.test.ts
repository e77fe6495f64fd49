import { readFileSync } from 'node:fs';
import { type LoadPeer, LoadPeers, LoadRoom } from '@rivero/testkit';
import { expect, it, vi } from 'vitest';
import { startEngine } from '../src/index.ts';

const noLog = { debug: () => {}, info: () => {}, warn: () => {} };
const rounds = 5;
const receivers = 10;
/** What a room receives before its worker is ended, in the midst of more. */
const receivedMin = 1_000;
/** A worker has its packet pool of 32 MiB, its heap and its stack: all of it goes with it. */
const growthMegabytesMax = 30;

/** Of the whole process, used or not: a thread, heap or pool that stays is in it. Only Linux tells. */
function reservedMegabytes(): number {
  if (process.platform !== 'linux') return 0;
  return Number(/^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}

it('replaces a media worker again and again in the midst of its packets: others’ media goes on, its port and memory are there again', async () => {
  const error = vi.fn();
  const engine = await startEngine({ workers: 2, mediaPort: 0, udp: true, tcp: false, log: { ...noLog, error } });
  const { ports } = engine;
  const peers = { lost: new LoadPeers(), kept: new LoadPeers() };
  const lost: string[] = [];
  engine.onEvent((event) => event.type === 'rooms-lost' && lost.push(...event.roomIds));
  const openRoom = async (name: 'lost' | 'kept'): Promise<LoadPeer> => {
    const room = await LoadRoom.open(engine, peers[name], name);
    const publisher = await room.publish();
    for (let i = 0; i < receivers; i++) await room.subscribe();
    return publisher;
  };
  const publishers = { lost: await openRoom('lost'), kept: await openRoom('kept') };
  const flow = setInterval(() => {
    for (const name of ['lost', 'kept'] as const) {
      for (let i = 0; i < 10; i++) peers[name].publish(publishers[name], 1_000, 0);
      peers[name].flush();
    }
  }, 2);
  const receive = async (name: 'lost' | 'kept'): Promise<void> => {
    const before = peers[name].receivedCount;
    await expect.poll(() => peers[name].receivedCount - before).toBeGreaterThan(receivedMin);
  };
  const sizes: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    await receive('lost');
    await engine.replaceWorker(0);
    await receive('kept');
    await expect.poll(() => lost).toHaveLength(round);
    expect(engine.ports).toEqual(ports);
    sizes.push(reservedMegabytes());
    // Who was in the room goes on sending to that port for now.
    await receive('kept');
    publishers.lost = await openRoom('lost');
  }
  await receive('lost');
  clearInterval(flow);
  expect(lost).toEqual(Array.from({ length: rounds }, () => 'lost'));
  expect(await engine.statistics('kept')).toMatchObject({ producers: [{ consumers: receivers }] });
  expect(Math.max(...sizes) - sizes[0]).toBeLessThan(growthMegabytesMax);
  expect(error).not.toHaveBeenCalled();
  await engine.stop();
  await Promise.all([peers.lost.close(), peers.kept.close()]);
});
