import { PacketPool, packetSlotSize } from '@rivero/core';
import { emptyImportedPacket, type ReceivedPacket } from '@rivero/router';
import { describe, expect, it } from 'vitest';
import { makeRingMemory, packetRing, ringRecordsMax, ringState } from './packet-ring.ts';
import { PacketRingReader } from './packet-ring-reader.ts';
import { PacketRingWriter } from './packet-ring-writer.ts';

const codec = { name: 'VP8', clockRate: 90_000, payloadType: 96 };
const stream = { epoch: 3, codec };

function open() {
  const memory = makeRingMemory();
  const pool = new PacketPool(4);
  const writer = new PacketRingWriter(memory, pool);
  const reader = new PacketRingReader(memory);
  const slot = pool.take();
  const written = (sequence: number, payload: Uint8Array, more: Partial<ReceivedPacket> = {}): ReceivedPacket => {
    const payloadOffset = slot * packetSlotSize + 20;
    pool.bytes.set(payload, payloadOffset);
    const { epoch: _, payloadType: __, isLevelOnly: ___, ...packet } = emptyImportedPacket();
    return { ...packet, slot, payloadOffset, payloadLength: payload.length, sequence, ...more };
  };
  const target = new PacketPool(4);
  /** The next record, with its payload. */
  const read = () => {
    const packet = emptyImportedPacket();
    if (!reader.next(packet)) return undefined;
    const into = target.take();
    reader.copy(packet, target, into);
    target.release(into);
    const payload = target.bytes.slice(packet.payloadOffset, packet.payloadOffset + packet.payloadLength);
    return { track: reader.track, packet, payload };
  };
  return { memory, writer, reader, written, read };
}

describe('a packet ring', () => {
  it('carries packets with all that a router needs of them', () => {
    const { writer, written, read } = open();
    const bytes = Uint8Array.of(1, 2, 3);
    const more = { timestamp: 0xffffffff, marker: true, isKeyframeStart: true, audioLevel: 0xff, videoOrientation: 1 };
    expect(writer.writePacket(0xffffffff, written(2 ** 40, bytes, more), stream)).toBe(true);
    expect(read()).toBeUndefined();
    writer.show();
    expect(read()).toMatchObject({
      track: 0xffffffff,
      payload: bytes,
      packet: { ...more, sequence: 2 ** 40, epoch: 3, payloadType: 96, isLevelOnly: false, payloadLength: 3 },
    });
    expect(read()).toBeUndefined();
  });

  it('carries levels without packets', () => {
    const { writer, written, read } = open();
    writer.writeLevel(1, written(5, Uint8Array.of(1), { audioLevel: 33 }), stream);
    writer.show();
    expect(read()).toMatchObject({ packet: { isLevelOnly: true, audioLevel: 33, payloadLength: 0, marker: false } });
  });

  it('takes no more when it is full, and more when something was read, over many rounds', () => {
    const { writer, reader, written, read } = open();
    let [next, expected] = [0, 0];
    for (let round = 0; round < 5; round++) {
      while (writer.writePacket(1, written(next, Uint8Array.of(next & 0xff)), stream)) next += 1;
      expect(next - expected).toBe(ringRecordsMax);
      expect(writer.writeLevel(1, written(next, Uint8Array.of(1)), stream)).toBe(false);
      writer.show();
      for (let i = 0; i < 700; i++, expected++) {
        const record = read();
        expect([record?.packet.sequence, record?.payload[0]]).toEqual([expected, expected & 0xff]);
      }
      expect(writer.writePacket(1, written(next, Uint8Array.of(1)), stream)).toBe(false);
      reader.release();
    }
  });

  it('goes on where the count of records wraps', () => {
    const { memory, writer: _, written } = open();
    const { state } = packetRing(memory);
    state[ringState.written] = 0x7fffffff;
    state[ringState.read] = 0x7fffffff;
    const pool = new PacketPool(1);
    const writer = new PacketRingWriter(memory, pool);
    const reader = new PacketRingReader(memory);
    pool.take();
    for (let i = 0; i < 3; i++) expect(writer.writeLevel(1, written(i, Uint8Array.of(1)), stream)).toBe(true);
    writer.show();
    expect(state[ringState.written]).toBe(-0x80000000 + 2);
    const packet = emptyImportedPacket();
    expect([reader.next(packet), reader.next(packet), reader.next(packet), reader.next(packet)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(reader.malformedCount).toBe(0);
  });

  it('says once that the reader has to be woken, after it went to sleep with nothing left', () => {
    const { writer, reader, written, read } = open();
    const write = () => writer.writePacket(1, written(1, Uint8Array.of(1)), stream);
    expect(writer.show()).toBe(false);
    write();
    expect(writer.show()).toBe(true);
    write();
    expect(writer.show()).toBe(false);
    read();
    expect(reader.sleep()).toBe(false);
    write();
    expect(writer.show()).toBe(false);
    read();
    read();
    expect(reader.sleep()).toBe(true);
    write();
    expect(writer.show()).toBe(true);
  });
});

describe('a reader whose ring is not what it should be', () => {
  it.each([
    { what: 'a payload beyond its slot', column: 'payloadLength', value: packetSlotSize - 19 },
    { what: 'a payload that begins beyond its slot', column: 'payloadOffset', value: packetSlotSize },
    { what: 'a number that is none', column: 'sequence', value: Number.NaN },
    { what: 'a negative number', column: 'sequence', value: -1 },
    { what: 'a broken number', column: 'sequence', value: 0.5 },
    { what: 'a number beyond SRTP’s', column: 'sequence', value: 2 ** 48 },
    { what: 'a level that is no byte', column: 'audioLevel', value: 256 },
    { what: 'an orientation that is no byte', column: 'videoOrientation', value: -2 },
  ] as const)('passes over $what, and counts it', ({ column, value }) => {
    const { memory, writer, reader, written, read } = open();
    for (const sequence of [1, 2]) writer.writePacket(1, written(sequence, Uint8Array.of(1)), stream);
    writer.show();
    packetRing(memory)[column][0] = value;
    expect(read()?.packet.sequence).toBe(2);
    expect(read()).toBeUndefined();
    expect(reader.malformedCount).toBe(1);
  });

  it.each([ringRecordsMax + 1, -1, 0x7fffffff, -0x80000000])('forgets %i records that cannot be there', (written) => {
    const { memory, reader, read } = open();
    packetRing(memory).state[ringState.written] = written;
    expect(read()).toBeUndefined();
    expect(reader.malformedCount).toBe(1);
    expect(reader.sleep()).toBe(true);
  });
});
