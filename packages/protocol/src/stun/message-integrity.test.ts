import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AttributeToSend, attributeType, checkIntegrity, findAttribute, serializeStunMessage } from './index.ts';
import { parsed, hex } from './test/rfc-vectors.ts';

const key = new TextEncoder().encode('VOkJxbRl1RmTxUk/WvJxBt');
const transactionId = hex('000102030405060708090a0b');
const username = { type: attributeType.username, value: hex('613a62') };

function message(attributes: readonly AttributeToSend[]): Uint8Array {
  return serializeStunMessage({ method: 'binding', class: 'request', transactionId, attributes });
}

/** The message with a last attribute whose value is computed over all before it. */
function sealed(
  attributes: readonly AttributeToSend[],
  type: number,
  algorithm: 'sha1' | 'sha256',
  length: number,
): { readonly list: readonly AttributeToSend[]; readonly bytes: Uint8Array } {
  const draft = message([...attributes, { type, value: new Uint8Array(length) }]);
  const padded = 4 + ((length + 3) & ~3);
  const mac = createHmac(algorithm, key)
    .update(draft.subarray(0, draft.length - padded))
    .digest();
  const value = new Uint8Array(length);
  value.set(mac.subarray(0, length));
  const list = [...attributes, { type, value }];
  return { list, bytes: message(list) };
}

function integrityOf(bytes: Uint8Array) {
  return checkIntegrity(parsed(bytes), key);
}

describe('checkIntegrity', () => {
  it('answers missing without an integrity attribute', () => {
    expect(integrityOf(message([username]))).toBe('missing');
  });

  it('answers right to MESSAGE-INTEGRITY of 20 bytes and wrong to any other length', () => {
    for (const length of [0, 4, 16, 19, 20, 21, 32]) {
      const { bytes } = sealed([username], attributeType.messageIntegrity, 'sha1', length);
      expect(integrityOf(bytes), `${length} bytes`).toBe(length === 20 ? 'right' : 'wrong');
    }
  });

  it('answers right to MESSAGE-INTEGRITY-SHA256 of 32 bytes and wrong to truncated ones (RFC 8489 section 14.6)', () => {
    for (const length of [0, 4, 16, 20, 28, 31, 32, 33, 36]) {
      const { bytes } = sealed([username], attributeType.messageIntegritySha256, 'sha256', length);
      expect(integrityOf(bytes), `${length} bytes`).toBe(length === 32 ? 'right' : 'wrong');
    }
  });

  it('checks the SHA-256 one when both are there, so that the weaker one proves nothing', () => {
    const sha1 = sealed([username], attributeType.messageIntegrity, 'sha1', 20);
    const both = sealed(sha1.list, attributeType.messageIntegritySha256, 'sha256', 32);
    expect(integrityOf(both.bytes)).toBe('right');
    const forged = both.bytes.slice();
    forged[forged.length - 1] ^= 1;
    expect(integrityOf(forged)).toBe('wrong');
  });

  it('is not fooled by a second integrity attribute behind the first', () => {
    const forged = message([username, { type: attributeType.messageIntegrity, value: new Uint8Array(20) }]);
    const { list } = sealed([username], attributeType.messageIntegrity, 'sha1', 20);
    const bytes = message([
      username,
      { type: attributeType.messageIntegrity, value: new Uint8Array(20) },
      ...list.slice(1),
    ]);
    expect(integrityOf(forged)).toBe('wrong');
    expect(integrityOf(bytes)).toBe('wrong');
  });

  it('covers the message with the length up to the attribute, so FINGERPRINT behind it does not matter', () => {
    const options = { method: 'binding', class: 'success', transactionId, attributes: [username] } as const;
    const integrity = { key, algorithm: 'sha1' } as const;
    const without = serializeStunMessage({ ...options, integrity });
    const withIt = serializeStunMessage({ ...options, integrity, fingerprint: true });
    expect(integrityOf(without)).toBe('right');
    expect(integrityOf(withIt)).toBe('right');
    expect(withIt.subarray(4, without.length)).toEqual(without.subarray(4));
  });
});

describe('attributes behind MESSAGE-INTEGRITY (RFC 8489 section 14.5)', () => {
  it('are left out but for MESSAGE-INTEGRITY-SHA256 and FINGERPRINT: nobody reads what nothing protects', () => {
    const { list } = sealed([username], attributeType.messageIntegrity, 'sha1', 20);
    const bytes = message([...list, { type: attributeType.useCandidate, value: new Uint8Array(0) }]);
    const result = parsed(bytes);
    expect(findAttribute(result, attributeType.useCandidate)).toBeUndefined();
    expect(result.attributes.map(({ type }) => type)).toEqual([attributeType.username, attributeType.messageIntegrity]);
    expect(checkIntegrity(result, key)).toBe('right');
  });

  it('are left out behind MESSAGE-INTEGRITY-SHA256 too, MESSAGE-INTEGRITY among them', () => {
    const { list } = sealed([username], attributeType.messageIntegritySha256, 'sha256', 32);
    const late = [attributeType.messageIntegrity, attributeType.messageIntegritySha256, attributeType.priority];
    const bytes = message([...list, ...late.map((type) => ({ type, value: new Uint8Array(20) }))]);
    const result = parsed(bytes);
    expect(result.attributes.map(({ type }) => type)).toEqual([
      attributeType.username,
      attributeType.messageIntegritySha256,
    ]);
    expect(checkIntegrity(result, key)).toBe('right');
  });
});
