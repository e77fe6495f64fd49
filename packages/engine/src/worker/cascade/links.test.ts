import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { monotonicMs, PacketPool, packetSlotSize } from '@rivero/core';
import { emptyImportedPacket } from '@rivero/router';
import { afterEach, describe, expect, it } from 'vitest';
import type { LinkMessage } from './link-message.ts';
import { importedAtOnceMax, Links } from './links.ts';
import { makeRingMemory, packetRing } from './packet-ring.ts';
import { PacketRingWriter } from './packet-ring-writer.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const now = monotonicMs(0);
const ports: MessagePort[] = [];

afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

const stream = { epoch: 1, codec: { name: 'VP8', clockRate: 90_000, payloadType: 96 } };

/** The links of a worker, which all have a track 1, and their other ends. */
class Scene {
  readonly pool = new PacketPool(importedAtOnceMax + 4);
  readonly messages: string[] = [];
  readonly packets: number[] = [];
  readonly lost: string[] = [];
  readonly links = new Links<object>({
    pool: this.pool,
    onMessage: (_, worker, { type }) => this.messages.push(`${worker} ${type}`),
    onPacket: (_, { sequence }) => this.packets.push(sequence),
    onLost: ({ trackId }) => this.lost.push(trackId),
    onArrival: () => {},
  });

  constructor() {
    this.links.join(7, {});
  }

  open(number: number, worker: number) {
    const { port1, port2 } = new MessageChannel();
    ports.push(port2);
    const [incoming, outgoing] = [makeRingMemory(), makeRingMemory()];
    this.links.open({ number, worker, port: port1, incoming, outgoing });
    this.links.get(worker)?.tracks.set(1, { room: {}, trackId: 'camera' });
    const pool = new PacketPool(4);
    const writer = new PacketRingWriter(incoming, pool);
    return {
      incoming,
      say: () => {
        const message: LinkMessage = { room: 7, message: { type: 'withdrawn', track: 1 } };
        port2.postMessage(message);
      },
      write: (sequence: number, count = 1) => {
        const packet = { ...emptyImportedPacket(), slot: 0, payloadOffset: packetSlotSize / 2, payloadLength: 1 };
        for (let i = 0; i < count; i++) writer.writePacket(1, { ...packet, sequence: sequence + i }, stream);
        writer.show();
      },
    };
  }

  receive(): boolean {
    this.links.receiveMessages(now);
    const hasMore = this.links.receivePackets(now);
    this.links.release();
    return hasMore;
  }
}

describe('what comes by links', () => {
  it(`is taken ${importedAtOnceMax} packets at once from whichever has them, and then from the others first`, () => {
    const scene = new Scene();
    const [busy, idle, other] = [scene.open(1, 3), scene.open(2, 4), scene.open(3, 5)];
    idle.write(1);
    busy.write(1_000, importedAtOnceMax + 50);
    expect(scene.receive()).toBe(true);
    expect(scene.packets).toHaveLength(importedAtOnceMax);
    expect(scene.packets.at(-1)).toBe(1_000 + importedAtOnceMax - 1);
    scene.packets.splice(0);
    other.write(2);
    expect(scene.receive()).toBe(false);
    expect(scene.packets).toEqual([1, 2, ...Array.from({ length: 50 }, (_, i) => 1_000 + importedAtOnceMax + i)]);
    expect(scene.receive()).toBe(false);
  });

  it('and finds no room in the pool is told as lost, each time', () => {
    const scene = new Scene();
    const slots = Array.from({ length: scene.pool.slotsMax - 2 }, () => scene.pool.take());
    scene.open(1, 3).write(7, 5);
    scene.receive();
    expect([scene.packets, scene.lost]).toEqual([
      [7, 8],
      ['camera', 'camera', 'camera'],
    ]);
    expect(scene.links.snapshot()['pool-empty']).toBe(3);
    for (const slot of slots) scene.pool.release(slot);
    expect(scene.pool.freeCount).toBe(scene.pool.slotsMax);
  });
});

describe('a link that is closed', () => {
  it('says and brings nothing more, and takes nothing', () => {
    const scene = new Scene();
    const other = scene.open(1, 3);
    other.say();
    other.write(1);
    scene.receive();
    const link = scene.links.get(3);
    if (link !== undefined) scene.links.touch(link);
    other.say();
    other.write(2);
    scene.links.close(1);
    scene.receive();
    scene.links.show();
    expect([scene.messages, scene.packets]).toEqual([['3 withdrawn'], [1]]);
    expect(scene.links.get(3)).toBeUndefined();
    expect(scene.links.snapshot().woken).toBe(0);
  });

  it('leaves alone the one to the next worker in that place, and all others', () => {
    const scene = new Scene();
    scene.open(1, 3);
    const [next, other] = [scene.open(2, 3), scene.open(4, 5)];
    scene.links.close(1);
    scene.links.close(9);
    next.write(1);
    other.write(2);
    scene.receive();
    expect(scene.packets).toEqual([1, 2]);
  });

  it('is counted still', () => {
    const scene = new Scene();
    const { incoming } = scene.open(1, 3);
    Atomics.store(packetRing(incoming).state, 0, 5_000);
    scene.receive();
    expect(scene.links.snapshot().malformed).toBe(1);
    scene.links.close(1);
    expect(scene.links.snapshot().malformed).toBe(1);
  });

  it('gives its memory back, whatever went through it', async () => {
    const scene = new Scene();
    const memory = ((): WeakRef<SharedArrayBuffer> => {
      const { incoming, say, write } = scene.open(1, 3);
      say();
      write(1);
      scene.receive();
      scene.links.close(1);
      return new WeakRef(incoming);
    })();
    for (const port of ports.splice(0)) port.close();
    await expect
      .poll(() => {
        collectGarbage();
        return memory.deref() === undefined;
      })
      .toBe(true);
  });
});
