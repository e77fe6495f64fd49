import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { monotonicMs, PacketPool, packetSlotSize } from '@rivero/core';
import { emptyImportedPacket } from '@rivero/router';
import { afterEach, describe, expect, it } from 'vitest';
import type { LinkMessage } from './link-message.ts';
import { Links } from './links.ts';
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
  readonly pool = new PacketPool(4);
  readonly messages: string[] = [];
  readonly packets: number[] = [];
  readonly links = new Links<object>({
    pool: this.pool,
    onMessage: (_, worker, { type }) => this.messages.push(`${worker} ${type}`),
    onPacket: (_, { sequence }) => this.packets.push(sequence),
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
      write: (sequence: number) => {
        const packet = { ...emptyImportedPacket(), slot: 0, payloadOffset: packetSlotSize / 2, payloadLength: 1 };
        writer.writePacket(1, { ...packet, sequence }, stream);
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
