import { Worker } from 'node:worker_threads';
import { PacketPool } from '@rivero/core';
import { emptyImportedPacket } from '@rivero/router';
import { expect, it } from 'vitest';
import { makeRingMemory } from './packet-ring.ts';
import { PacketRingReader } from './packet-ring-reader.ts';

const packets = 200_000;

it(`${packets} packets cross from one thread to another through a ring, whole, in order, and no wake-up is lost`, async () => {
  const memory = makeRingMemory();
  const reader = new PacketRingReader(memory);
  const pool = new PacketPool(1);
  const slot = pool.take();
  const packet = emptyImportedPacket();
  let [read, wakes, wrong] = [0, 0, 0];
  const finished = Promise.withResolvers<void>();
  const drain = (): void => {
    for (let i = 0; i < 256 && reader.next(packet); i++, read++) {
      reader.copy(packet, pool, slot);
      const { sequence, payloadOffset, payloadLength } = packet;
      const [first, last] = [pool.bytes[payloadOffset], pool.bytes[payloadOffset + payloadLength - 1]];
      const isRight = sequence === read && payloadLength === 1 + (read % 1_200) && reader.track === 7;
      if (!isRight || first !== (read & 0xff) || last !== (read & 0xff)) wrong += 1;
    }
    reader.release();
    if (read === packets) finished.resolve();
    else if (!reader.sleep()) setImmediate(drain);
  };
  const thread = new Worker(new URL('packet-ring-thread.ts', import.meta.url), { workerData: { memory, packets } });
  thread.on('error', finished.reject);
  thread.on('message', () => {
    wakes += 1;
    drain();
  });
  await finished.promise;
  await thread.terminate();
  expect([wrong, reader.malformedCount]).toEqual([0, 0]);
  expect(wakes).toBeGreaterThan(0);
});
