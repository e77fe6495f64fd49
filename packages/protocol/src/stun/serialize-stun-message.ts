import { computeFingerprint } from './fingerprint.ts';
import { computeIntegrity, type IntegrityAlgorithm } from './message-integrity.ts';
import {
  attributeType,
  classBits,
  magicCookie,
  methodNumbers,
  type StunClass,
  stunHeaderLength,
  type StunMethod,
} from './stun-message.ts';

export interface AttributeToSend {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface MessageToSend {
  readonly method: StunMethod;
  readonly class: StunClass;
  readonly transactionId: Uint8Array;
  readonly attributes: readonly AttributeToSend[];
  /** Adds MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 with this key. */
  readonly integrity?: { readonly key: Uint8Array; readonly algorithm: IntegrityAlgorithm };
  /** Adds FINGERPRINT. */
  readonly fingerprint?: boolean;
}

/** The bytes of a message: attributes in the given order, then integrity, then FINGERPRINT (RFC 8489 section 14). */
export function serializeStunMessage(message: MessageToSend): Uint8Array {
  const integrityLength = message.integrity === undefined ? 0 : message.integrity.algorithm === 'sha1' ? 24 : 36;
  const body = message.attributes.reduce((sum, { value }) => sum + 4 + ((value.length + 3) & ~3), 0);
  const total = stunHeaderLength + body + integrityLength + (message.fingerprint ? 8 : 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, methodNumbers[message.method] | classBits[message.class]);
  view.setUint16(2, total - stunHeaderLength);
  view.setUint32(4, magicCookie);
  bytes.set(message.transactionId, 8);
  let offset = stunHeaderLength;
  const put = (type: number, value: Uint8Array): void => {
    view.setUint16(offset, type);
    view.setUint16(offset + 2, value.length);
    bytes.set(value, offset + 4);
    offset += 4 + ((value.length + 3) & ~3);
  };
  for (const { type, value } of message.attributes) put(type, value);
  if (message.integrity !== undefined) {
    const { key, algorithm } = message.integrity;
    const type = algorithm === 'sha1' ? attributeType.messageIntegrity : attributeType.messageIntegritySha256;
    put(type, computeIntegrity(bytes, offset, key, algorithm));
  }
  if (message.fingerprint) {
    const value = new Uint8Array(4);
    new DataView(value.buffer).setUint32(0, computeFingerprint(bytes, offset));
    put(attributeType.fingerprint, value);
  }
  return bytes;
}
