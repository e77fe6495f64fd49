import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../byte-writer.ts';
import { type HandshakeMessage, serializeFragment, serializeWhole } from './handshake-message.ts';
import { messageLengthMax, messagesAheadMax, Reassembly, reassemblyBytesMax } from './reassembly.ts';

function message(sequence: number, length: number, type = 11): HandshakeMessage {
  return { type, sequence, body: Uint8Array.from({ length }, (_, i) => (i * 7 + sequence) & 0xff) };
}

/** A fragment of zeros whose header says what it likes. */
function fragment(length: number, offset: number, fragmentLength: number): Uint8Array {
  const header = new ByteWriter().uint8(11).uint24(length).uint16(0).uint24(offset);
  return header.vector(3, new Uint8Array(fragmentLength)).finish();
}

describe('Reassembly', () => {
  it('puts a message together from overlapping fragments in any order', () => {
    const cut = fc.record({ at: fc.nat(299), length: fc.integer({ min: 1, max: 80 }) });
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (cuts, keys) => {
        const whole = message(0, 300);
        const regular = Array.from({ length: 10 }, (_, i) => ({ at: i * 30, length: 30 }));
        const fragments = [...cuts, ...regular]
          .map((fragment) => ({ ...fragment, key: keys.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key);
        const reassembly = new Reassembly();
        for (const { at, length } of fragments)
          reassembly.handleFragments(serializeFragment(whole, at, Math.min(length, 300 - at)), 0);
        expect(reassembly.pollMessage()).toEqual({ ...whole, epoch: 0 });
        expect(reassembly.pollMessage()).toBeUndefined();
        expect(reassembly.bytesHeld).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('hands messages out in sequence, whatever order they come in', () => {
    const reassembly = new Reassembly();
    for (const sequence of [3, 1, 2]) reassembly.handleFragments(serializeWhole(message(sequence, 10)), 0);
    expect(reassembly.pollMessage()).toBeUndefined();
    reassembly.handleFragments(serializeWhole(message(0, 0)), 0);
    const sequences = [0, 1, 2, 3].map(() => reassembly.pollMessage()?.sequence);
    expect(sequences).toEqual([0, 1, 2, 3]);
  });

  it('hands out another message in the place of one that was not the peer’s', () => {
    const reassembly = new Reassembly();
    for (const whole of [message(0, 5, 2), message(1, 5)]) reassembly.handleFragments(serializeWhole(whole), 0);
    expect(reassembly.pollMessage()?.type).toBe(2);
    reassembly.expectAgain();
    expect(reassembly.pollMessage()).toBeUndefined();
    expect(reassembly.handleFragments(serializeWhole(message(0, 9)), 0)).toBe(false);
    expect([reassembly.pollMessage(), reassembly.pollMessage()]).toMatchObject([{ sequence: 0 }, { sequence: 1 }]);
    expect(reassembly.bytesHeld).toBe(0);
  });

  it('tells that a message was handed out before', () => {
    const reassembly = new Reassembly();
    const whole = serializeWhole(message(0, 5));
    expect(reassembly.handleFragments(whole, 0)).toBe(false);
    // The same again, not handed out yet: a duplicate, nothing to repeat for.
    expect(reassembly.handleFragments(whole, 0)).toBe(false);
    reassembly.pollMessage();
    expect(reassembly.handleFragments(whole, 0)).toBe(true);
    expect(reassembly.counters.get('message-repeated')).toBe(1);
  });

  it('keeps what came first when a fragment says something else', () => {
    const reassembly = new Reassembly();
    const whole = message(0, 20);
    reassembly.handleFragments(serializeFragment(whole, 0, 10), 0);
    const lie = { ...whole, body: new Uint8Array(20).fill(0xee) };
    reassembly.handleFragments(serializeFragment(lie, 5, 15), 0);
    reassembly.handleFragments(serializeWhole({ ...whole, type: 12 }), 0);
    reassembly.handleFragments(serializeWhole(message(0, 21)), 0);
    expect(reassembly.counters.get('conflicting-fragment')).toBe(3);
    reassembly.handleFragments(serializeFragment(whole, 10, 10), 0);
    expect(reassembly.pollMessage()).toEqual({ ...whole, epoch: 0 });
  });

  it('puts an authentic message in the place of one that anybody could have made, not the other way round', () => {
    const reassembly = new Reassembly();
    const forged = serializeWhole(message(1, 30, 20));
    const real = message(1, 12, 20);
    reassembly.handleFragments(forged, 0);
    reassembly.handleFragments(serializeWhole(real), 1);
    reassembly.handleFragments(forged, 0);
    expect(reassembly.counters.get('conflicting-fragment')).toBe(1);
    expect(reassembly.bytesHeld).toBe(12);
    reassembly.handleFragments(serializeWhole(message(0, 1)), 0);
    reassembly.pollMessage();
    expect(reassembly.pollMessage()).toEqual({ ...real, epoch: 1 });
  });

  it('never mixes an authentic message with bytes that anybody could have made', () => {
    const reassembly = new Reassembly();
    const whole = message(0, 20);
    reassembly.handleFragments(serializeFragment(whole, 0, 10), 1);
    reassembly.handleFragments(serializeFragment(whole, 10, 10), 0);
    expect(reassembly.counters.get('conflicting-fragment')).toBe(1);
    expect(reassembly.pollMessage()).toBeUndefined();
    reassembly.handleFragments(serializeFragment(whole, 10, 10), 1);
    expect(reassembly.pollMessage()).toEqual({ ...whole, epoch: 1 });
  });

  it(`refuses a message of more than ${messageLengthMax} bytes`, () => {
    const reassembly = new Reassembly();
    reassembly.handleFragments(fragment(messageLengthMax + 1, 0, 1), 0);
    expect(reassembly.counters.get('message-too-long')).toBe(1);
    expect(reassembly.bytesHeld).toBe(0);
    reassembly.handleFragments(fragment(messageLengthMax, 0, 1), 0);
    expect(reassembly.bytesHeld).toBe(messageLengthMax);
  });

  it(`refuses a message ${messagesAheadMax} or more ahead`, () => {
    const reassembly = new Reassembly();
    reassembly.handleFragments(serializeWhole(message(messagesAheadMax - 1, 1)), 0);
    expect(reassembly.counters.get('message-too-far-ahead')).toBe(0);
    reassembly.handleFragments(serializeWhole(message(messagesAheadMax, 1)), 0);
    expect(reassembly.counters.get('message-too-far-ahead')).toBe(1);
    expect(reassembly.bytesHeld).toBe(1);
  });

  it(`holds ${reassemblyBytesMax} bytes at most, and still takes what it had begun`, () => {
    const reassembly = new Reassembly();
    const whole = message(0, messageLengthMax);
    for (let sequence = 0; sequence < messagesAheadMax; sequence++)
      reassembly.handleFragments(serializeFragment(message(sequence, messageLengthMax), 0, 1), 0);
    expect(reassembly.bytesHeld).toBe(reassemblyBytesMax);
    expect(reassembly.counters.get('reassembly-full')).toBe(4);
    reassembly.handleFragments(serializeWhole(whole), 0);
    expect(reassembly.pollMessage()?.body).toEqual(whole.body);
    expect(reassembly.bytesHeld).toBe(reassemblyBytesMax - messageLengthMax);
  });

  it('finds every truncation of a fragment malformed', () => {
    const whole = serializeWhole(message(0, 20));
    for (let length = 1; length < whole.length; length++) {
      const reassembly = new Reassembly();
      reassembly.handleFragments(whole.subarray(0, length), 0);
      expect(reassembly.counters.get('malformed-fragment'), `${length}`).toBe(1);
      expect(reassembly.bytesHeld).toBe(0);
    }
  });

  it('refuses a fragment that reaches behind the end of its message', () => {
    const reassembly = new Reassembly();
    reassembly.handleFragments(fragment(10, 8, 3), 0);
    expect(reassembly.counters.get('malformed-fragment')).toBe(1);
  });

  it('bears any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (payloads) => {
        const reassembly = new Reassembly();
        for (const payload of payloads) reassembly.handleFragments(payload, 0);
        expect(reassembly.bytesHeld).toBeLessThanOrEqual(reassemblyBytesMax);
      }),
      { numRuns: 300 },
    );
  });
});
