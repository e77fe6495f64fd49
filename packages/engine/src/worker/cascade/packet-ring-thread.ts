import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PacketPool, packetSlotSize } from '@rivero/core';
import { emptyImportedPacket } from '@rivero/router';
import { PacketRingWriter } from './packet-ring-writer.ts';

/** A thread that writes so many packets into a ring, each filled with its number, and says when the reader has to be woken. */
const { memory, packets }: { readonly memory: SharedArrayBuffer; readonly packets: number } = workerData;

const pool = new PacketPool(8);
const writer = new PacketRingWriter(memory, pool);
const stream = { epoch: 1, codec: { name: 'VP8', clockRate: 90_000, payloadType: 96 } };

function wake(): void {
  if (writer.show()) parentPort?.postMessage('wake');
}

for (let sequence = 0; sequence < packets; sequence++) {
  const slot = sequence % pool.slotsMax;
  const payloadOffset = slot * packetSlotSize + 12;
  const payloadLength = 1 + (sequence % 1_200);
  pool.bytes.fill(sequence & 0xff, payloadOffset, payloadOffset + payloadLength);
  const packet = { ...emptyImportedPacket(), slot, payloadOffset, payloadLength, sequence };
  while (!writer.writePacket(7, packet, stream)) {
    wake();
    await nextTurn();
  }
  if (sequence % 5 === 0) wake();
}
wake();
