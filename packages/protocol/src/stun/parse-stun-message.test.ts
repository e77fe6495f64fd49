import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeFingerprint } from './fingerprint.ts';
import {
  type AttributeToSend,
  attributeType,
  checkIntegrity,
  findAttribute,
  parseErrorCode,
  parseStunMessage,
  parseXorAddress,
  serializeStunMessage,
  stunAttributesMax,
  type StunClass,
  stunDefects,
  turnAttributeType,
  unknownRequiredAttributes,
} from './index.ts';
import { parsed, hex, rfcVectors } from './test/rfc-vectors.ts';

const key = new TextEncoder().encode('a password of twenty-two');
const transactionId = hex('000102030405060708090a0b');
const empty = new Uint8Array(0);

function message(attributes: readonly AttributeToSend[], rest: { fingerprint?: boolean } = {}): Uint8Array {
  return serializeStunMessage({ method: 'binding', class: 'request', transactionId, attributes, ...rest });
}

/** All that a reader of a message may ask of it. */
function read(bytes: Uint8Array): void {
  const result = parseStunMessage(bytes);
  if (typeof result === 'string') {
    expect(stunDefects).toContain(result);
    return;
  }
  checkIntegrity(result, key);
  unknownRequiredAttributes(result);
  for (const { value } of result.attributes) {
    parseErrorCode(value);
    parseXorAddress(value, result.transactionId);
  }
}

describe('parseStunMessage: the header (RFC 8489 section 5)', () => {
  it.each([
    ['truncated', '', 'no bytes'],
    ['truncated', '0001 0000 2112a442 000102030405060708090a', '19 bytes'],
    ['not-stun', '0001 0000 2112a443 000102030405060708090a0b', 'another magic cookie: RFC 3489'],
    ['not-stun', '4001 0000 2112a442 000102030405060708090a0b', 'the first bit pair is not zero'],
    ['not-stun', '8001 0000 2112a442 000102030405060708090a0b', 'it looks like RTP'],
    ['bad-length', '0001 0004 2112a442 000102030405060708090a0b', 'fewer bytes than the length says'],
    ['bad-length', '0001 0000 2112a442 000102030405060708090a0b 80220000', 'more bytes than the length says'],
    ['bad-length', '0001 0003 2112a442 000102030405060708090a0b 802200', 'a length that is no multiple of 4'],
    ['unknown-method', '0002 0000 2112a442 000102030405060708090a0b', 'SharedSecret, a method of RFC 3489'],
    ['unknown-method', '0000 0000 2112a442 000102030405060708090a0b', 'method 0'],
    ['unknown-method', '2001 0000 2112a442 000102030405060708090a0b', 'the highest method bit'],
  ])('answers %s to %s (%s)', (defect, bytes) => {
    expect(parseStunMessage(hex(bytes))).toBe(defect);
  });

  it.each([
    ['0001', 'request'],
    ['0011', 'indication'],
    ['0101', 'success'],
    ['0111', 'error'],
  ] as const)('reads and writes type %s as a binding %s', (type, kind: StunClass) => {
    const bytes = hex(`${type} 0000 2112a442 000102030405060708090a0b`);
    expect(parsed(bytes)).toMatchObject({ method: 'binding', class: kind, transactionId, attributes: [] });
    expect(serializeStunMessage({ method: 'binding', class: kind, transactionId, attributes: [] })).toEqual(bytes);
  });
});

describe('methods of TURN (RFC 8656 section 17)', () => {
  it.each([
    ['0003', 'allocate', 'request'],
    ['0113', 'allocate', 'error'],
    ['0104', 'refresh', 'success'],
    ['0016', 'send', 'indication'],
    ['0017', 'data', 'indication'],
    ['0008', 'create-permission', 'request'],
    ['0109', 'channel-bind', 'success'],
  ] as const)('are read from and written to type %s: %s, %s', (type, method, kind) => {
    const bytes = hex(`${type} 0000 2112a442 000102030405060708090a0b`);
    expect(parsed(bytes)).toMatchObject({ method, class: kind });
    expect(serializeStunMessage({ method, class: kind, transactionId, attributes: [] })).toEqual(bytes);
  });

  it('alone have its attributes: in Binding they are unknown', () => {
    const lifetime = { type: turnAttributeType.lifetime, value: hex('00000258') };
    expect(unknownRequiredAttributes(parsed(message([lifetime])))).toEqual([turnAttributeType.lifetime]);
    const refresh = { method: 'refresh', class: 'request', transactionId, attributes: [lifetime] } as const;
    expect(unknownRequiredAttributes(parsed(serializeStunMessage(refresh)))).toEqual([]);
  });
});

describe('parseStunMessage: attributes (RFC 8489 section 14)', () => {
  it('answers bad-length when a value reaches beyond the message, by its length or its padding', () => {
    for (const attributes of [
      '8022 0001',
      '8022 0005 61626364',
      'ffff ffff 00000000',
      '8022 0004 61626364 8022 0001',
    ]) {
      const body = hex(attributes);
      const bytes = new Uint8Array(20 + body.length);
      bytes.set(message([]));
      bytes[3] = body.length;
      bytes.set(body, 20);
      expect(parseStunMessage(bytes), attributes).toBe('bad-length');
    }
  });

  it('leaves padding out of values whatever its bytes', () => {
    const bytes = message([{ type: attributeType.software, value: hex('616263646566') }]);
    bytes.fill(0xaa, bytes.length - 2);
    expect(findAttribute(parsed(bytes), attributeType.software)?.value).toEqual(hex('616263646566'));
  });

  it('keeps the first of two attributes of one type in front', () => {
    const bytes = message([
      { type: attributeType.username, value: hex('61') },
      { type: attributeType.username, value: hex('62') },
    ]);
    expect(findAttribute(parsed(bytes), attributeType.username)?.value).toEqual(hex('61'));
  });

  it(`reads ${stunAttributesMax} attributes and answers too-many-attributes to one more`, () => {
    const attributes = Array.from({ length: stunAttributesMax }, () => ({ type: 0x8022, value: empty }));
    expect(parsed(message(attributes)).attributes).toHaveLength(stunAttributesMax);
    expect(parseStunMessage(message([...attributes, { type: 0x8022, value: empty }]))).toBe('too-many-attributes');
  });

  it('lists unknown attributes below 0x8000 in order, and not those from 0x8000 on', () => {
    const types = [0x7fff, 0x0006, 0x0002, 0x8000, 0xc057, 0x0024, 0xffff, 0x0000];
    const bytes = message(types.map((type) => ({ type, value: hex('00000000') })));
    expect(unknownRequiredAttributes(parsed(bytes))).toEqual([0x7fff, 0x0002, 0x0000]);
  });
});

describe('parseStunMessage: FINGERPRINT (RFC 8489 section 14.7)', () => {
  it('refuses a wrong one, one of another length, and one that is not the last attribute', () => {
    const right = message([], { fingerprint: true });
    expect(parsed(right).attributes.map(({ type }) => type)).toEqual([attributeType.fingerprint]);
    const wrong = right.slice();
    wrong[wrong.length - 1] ^= 1;
    const long = message([{ type: attributeType.fingerprint, value: hex('0000000000000000') }]);
    const early = message([
      { type: attributeType.fingerprint, value: hex('00000000') },
      { type: attributeType.software, value: empty },
    ]);
    new DataView(early.buffer).setUint32(24, computeFingerprint(early, 20));
    for (const bytes of [wrong, long, early]) expect(parseStunMessage(bytes)).toBe('bad-fingerprint');
  });

  it('is not demanded', () => {
    expect(parsed(message([])).attributes).toEqual([]);
  });
});

describe('parseStunMessage: bytes of any kind', () => {
  it('never throws on random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 256 }), read), { numRuns: 500 });
  });

  it('never throws on random attributes behind a valid header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 256 }), (body) => {
        const bytes = new Uint8Array(20 + (body.length & ~3));
        bytes.set(message([]));
        new DataView(bytes.buffer).setUint16(2, bytes.length - 20);
        bytes.set(body.subarray(0, bytes.length - 20), 20);
        read(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on mutations of the vectors, and a mutation that is accepted as authentic changed nothing protected', () => {
    const mutation = fc.record({ at: fc.nat(), to: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.constantFrom(...rfcVectors),
        fc.array(mutation, { minLength: 1, maxLength: 8 }),
        (vector, list) => {
          const bytes = vector.bytes.slice();
          for (const { at, to } of list) bytes[at % bytes.length] = to;
          read(bytes);
          const result = parseStunMessage(bytes);
          if (typeof result === 'string' || checkIntegrity(result, vector.key) !== 'right') return;
          const end = vector.bytes.length - (vector.hasFingerprint ? 8 : 0);
          expect(bytes.subarray(4, end)).toEqual(vector.bytes.subarray(4, end));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads back whatever was serialized', () => {
    const attribute = fc.record({
      type: fc.integer({ min: 0, max: 0xffff }).filter((type) => ![0x0008, 0x001c, 0x8028].includes(type)),
      value: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(
        fc.array(attribute, { maxLength: 10 }),
        fc.constantFrom('sha1', 'sha256'),
        fc.boolean(),
        (attributes, algorithm, fingerprint) => {
          const integrity = { key, algorithm } as const;
          const head = { method: 'binding', class: 'request', transactionId } as const;
          const result = parsed(serializeStunMessage({ ...head, attributes, integrity, fingerprint }));
          expect(checkIntegrity(result, key)).toBe('right');
          const values = result.attributes.slice(0, attributes.length).map(({ type, value }) => ({ type, value }));
          expect(values).toEqual(attributes.map(({ type, value }) => ({ type, value })));
          expect(result.attributes).toHaveLength(attributes.length + (fingerprint ? 2 : 1));
        },
      ),
      { numRuns: 200 },
    );
  });
});
