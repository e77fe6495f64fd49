import { describe, expect, it } from 'vitest';
import {
  attributeType,
  checkIntegrity,
  findAttribute,
  parseStunMessage,
  parseXorAddress,
  serializeStunMessage,
  serializeXorAddress,
  stunDefects,
  type StunMessage,
  unknownRequiredAttributes,
} from './index.ts';
import { parsed, type RfcVector, rfcVectors } from './test/rfc-vectors.ts';

function isIntegrity(type: number): boolean {
  return type === attributeType.messageIntegrity || type === attributeType.messageIntegritySha256;
}

function serialized({ class: kind, transactionId, attributes, key, algorithm, hasFingerprint }: RfcVector): Uint8Array {
  return serializeStunMessage({
    method: 'binding',
    class: kind,
    transactionId,
    attributes,
    integrity: { key, algorithm },
    fingerprint: hasFingerprint,
  });
}

describe.each(rfcVectors)('$name', (vector) => {
  it('parses to what the RFC says', () => {
    const message = parsed(vector.bytes);
    expect(message.method).toBe('binding');
    expect(message.class).toBe(vector.class);
    expect(message.transactionId).toEqual(vector.transactionId);
    const before = message.attributes.slice(
      0,
      message.attributes.findIndex(({ type }) => isIntegrity(type)),
    );
    expect(before.map(({ type, value }) => ({ type, value }))).toEqual(vector.attributes);
    expect(findAttribute(message, attributeType.fingerprint) !== undefined).toBe(vector.hasFingerprint);
    expect(unknownRequiredAttributes(message)).toEqual([]);
    const xorMapped = findAttribute(message, attributeType.xorMappedAddress);
    if (vector.mapped !== undefined) {
      expect(parseXorAddress(xorMapped?.value ?? new Uint8Array(), message.transactionId)).toEqual(vector.mapped);
      expect(serializeXorAddress(vector.mapped, message.transactionId)).toEqual(xorMapped?.value);
    }
  });

  it('has the right integrity with its key, with no other key, and none when a protected byte changes', () => {
    const message = parsed(vector.bytes);
    expect(checkIntegrity(message, vector.key)).toBe('right');
    expect(checkIntegrity(message, new TextEncoder().encode('another password'))).toBe('wrong');
    expect(checkIntegrity(message, new Uint8Array())).toBe('wrong');
    const integrity = message.attributes.find(({ type }) => isIntegrity(type));
    const end = (integrity?.offset ?? 0) + 4 + (integrity?.value.length ?? 0);
    for (let i = 0; i < end; i++) {
      for (let bit = 0; bit < 8; bit++) {
        const forged = vector.bytes.slice();
        forged[i] ^= 1 << bit;
        const result = parseStunMessage(forged);
        if (typeof result !== 'string') expect(checkIntegrity(result, vector.key), `byte ${i}`).not.toBe('right');
      }
    }
  });

  it('is a defect when any byte is changed and it has a FINGERPRINT', () => {
    for (let i = 0; i < vector.bytes.length && vector.hasFingerprint; i++) {
      const forged = vector.bytes.slice();
      forged[i] ^= 0x01;
      const result = parseStunMessage(forged);
      // The type of FINGERPRINT may turn into one that is ignored; then only the HMAC protects.
      const isFingerprintType = i === vector.bytes.length - 8 || i === vector.bytes.length - 7;
      if (!isFingerprintType) expect(stunDefects, `byte ${i}`).toContain(result);
    }
  });

  it('is serialized again to the same bytes, but for padding that is not zero and what is computed over it', () => {
    const bytes = serialized(vector);
    if (vector.isZeroPadded) return expect(bytes).toEqual(vector.bytes);
    const ours = parsed(bytes);
    const theirs = parsed(vector.bytes);
    expect(checkIntegrity(ours, vector.key)).toBe('right');
    expect(bytes.subarray(0, 20)).toEqual(vector.bytes.subarray(0, 20));
    expect(ours.attributes.map(({ type, offset }) => ({ type, offset }))).toEqual(
      theirs.attributes.map(({ type, offset }) => ({ type, offset })),
    );
    const attributesBefore = ({ attributes }: StunMessage) =>
      attributes.slice(0, vector.attributes.length).map(({ value }) => value);
    expect(attributesBefore(ours)).toEqual(attributesBefore(theirs));
  });

  it('is a defect at every truncation, also when its length field follows', () => {
    for (let length = 0; length < vector.bytes.length; length++) {
      const truncated = vector.bytes.slice(0, length);
      expect(parseStunMessage(truncated), `${length} bytes`).toBe(length < 20 ? 'truncated' : 'bad-length');
      if (length < 20) continue;
      new DataView(truncated.buffer).setUint16(2, length - 20);
      const result = parseStunMessage(truncated);
      // Cut between two attributes it is a message of its own, which no integrity protects.
      if (typeof result !== 'string' && length < vector.bytes.length - 8)
        expect(checkIntegrity(result, vector.key), `${length} bytes`).toBe('missing');
    }
  });

  it('is a defect when bytes follow it', () => {
    for (const more of [1, 2, 3, 4, 8, 100]) {
      const longer = new Uint8Array(vector.bytes.length + more);
      longer.set(vector.bytes);
      expect(parseStunMessage(longer)).toBe('bad-length');
    }
  });

  it('parses from the middle of a larger buffer to views of it', () => {
    const larger = new Uint8Array(vector.bytes.length + 64).fill(0xff);
    larger.set(vector.bytes, 33);
    const message = parsed(larger.subarray(33, 33 + vector.bytes.length));
    expect(checkIntegrity(message, vector.key)).toBe('right');
    for (const { value } of message.attributes) expect(value.buffer).toBe(larger.buffer);
  });
});
