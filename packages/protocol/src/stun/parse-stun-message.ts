import { computeFingerprint } from './fingerprint.ts';
import {
  attributeType,
  classBits,
  magicCookie,
  methodOf,
  type RawAttribute,
  stunAttributesMax,
  type StunClass,
  type StunDefect,
  stunHeaderLength,
  type StunMessage,
} from './stun-message.ts';

/**
 * Reads one message that fills `bytes` exactly.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |0 0|     STUN Message Type     |         Message Length        |
 *     |                         Magic Cookie                          |
 *     |                     Transaction ID (96 bits)                  |
 *     |  attributes: type (16), length (16), value, padding to 32     |
 *
 * Source: RFC 8489 sections 5 and 14.
 */
export function parseStunMessage(bytes: Uint8Array): StunMessage | StunDefect {
  if (bytes.length < stunHeaderLength) return 'truncated';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint16(0);
  if (type > 0x3fff || view.getUint32(4) !== magicCookie) return 'not-stun';
  const length = view.getUint16(2);
  if (length % 4 !== 0 || length !== bytes.length - stunHeaderLength) return 'bad-length';
  const method = methodOf(type & ~0x0110);
  if (method === undefined) return 'unknown-method';
  const attributes = parseAttributes(bytes, view);
  if (typeof attributes === 'string') return attributes;
  return { method, class: classOf(type), transactionId: bytes.subarray(8, 20), attributes, bytes };
}

function classOf(type: number): StunClass {
  switch (type & 0x0110) {
    case classBits.request:
      return 'request';
    case classBits.indication:
      return 'indication';
    case classBits.success:
      return 'success';
    default:
      return 'error';
  }
}

/** What may still follow MESSAGE-INTEGRITY; all else behind it is unprotected and ignored (RFC 8489 section 14.5). */
function isReadAfterIntegrity(type: number, hasSha256: boolean): boolean {
  if (type === attributeType.fingerprint) return true;
  return type === attributeType.messageIntegritySha256 && !hasSha256;
}

function parseAttributes(bytes: Uint8Array, view: DataView): readonly RawAttribute[] | StunDefect {
  const attributes: RawAttribute[] = [];
  let hasIntegrity = false;
  let hasSha256 = false;
  let offset = stunHeaderLength;
  for (let count = 0; offset < bytes.length; count++) {
    if (count === stunAttributesMax) return 'too-many-attributes';
    const type = view.getUint16(offset);
    const length = view.getUint16(offset + 2);
    const end = offset + 4 + length;
    const next = (end + 3) & ~3;
    if (next > bytes.length) return 'bad-length';
    if ((!hasIntegrity && !hasSha256) || isReadAfterIntegrity(type, hasSha256)) {
      const value = bytes.subarray(offset + 4, end);
      if (type === attributeType.fingerprint) {
        // FINGERPRINT must be the last attribute (RFC 8489 section 14.7).
        if (length !== 4 || next !== bytes.length) return 'bad-fingerprint';
        if (view.getUint32(offset + 4) !== computeFingerprint(bytes, offset)) return 'bad-fingerprint';
      }
      attributes.push({ type, value, offset });
      if (type === attributeType.messageIntegrity) hasIntegrity = true;
      if (type === attributeType.messageIntegritySha256) hasSha256 = true;
    }
    offset = next;
  }
  return attributes;
}
