import type { TransportAddress } from '@rivero/core';
import {
  attributeType,
  findAttribute,
  parseStunMessage,
  serializeErrorCode,
  serializeStunMessage,
  type StunMessage,
  xorAddressAttribute,
} from '../stun/index.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The short-term key of a password: its bytes (RFC 8489 section 9.1.1); ICE passwords are ASCII. */
export function passwordKey(pwd: string): Uint8Array {
  return encoder.encode(pwd);
}

/** What a connectivity check says beyond its username (RFC 8445 section 7.1). */
export interface CheckRequest {
  readonly transactionId: Uint8Array;
  /** `remote:local` as the receiver reads it: its own ufrag first. */
  readonly username: string;
  readonly key: Uint8Array;
  readonly priority: number;
  readonly isControlling: boolean;
  /** 8 bytes. */
  readonly tieBreaker: Uint8Array;
  readonly useCandidate: boolean;
}

export function serializeCheck(check: CheckRequest): Uint8Array {
  const priority = new Uint8Array(4);
  new DataView(priority.buffer).setUint32(0, check.priority);
  const role = check.isControlling ? attributeType.iceControlling : attributeType.iceControlled;
  return serializeStunMessage({
    method: 'binding',
    class: 'request',
    transactionId: check.transactionId,
    attributes: [
      { type: attributeType.username, value: encoder.encode(check.username) },
      { type: role, value: check.tieBreaker },
      ...(check.useCandidate ? [{ type: attributeType.useCandidate, value: new Uint8Array(0) }] : []),
      { type: attributeType.priority, value: priority },
    ],
    integrity: { key: check.key, algorithm: 'sha1' },
    fingerprint: true,
  });
}

/** The success response to a check (RFC 8445 section 7.3). */
export function serializeCheckSuccess(
  transactionId: Uint8Array,
  remote: TransportAddress,
  key: Uint8Array,
): Uint8Array {
  return serializeStunMessage({
    method: 'binding',
    class: 'success',
    transactionId,
    attributes: [xorAddressAttribute(attributeType.xorMappedAddress, remote, transactionId)],
    integrity: { key, algorithm: 'sha1' },
    fingerprint: true,
  });
}

/** An error response to an authenticated check; `unknown` lists attributes for 420 (RFC 8489 section 14.9). */
export function serializeCheckError(
  transactionId: Uint8Array,
  error: { readonly code: number; readonly reason: string },
  key: Uint8Array,
  unknown: readonly number[] = [],
): Uint8Array {
  const list = new Uint8Array(unknown.length * 2);
  for (const [i, type] of unknown.entries()) new DataView(list.buffer).setUint16(i * 2, type);
  return serializeStunMessage({
    method: 'binding',
    class: 'error',
    transactionId,
    attributes: [
      { type: attributeType.errorCode, value: serializeErrorCode(error) },
      ...(unknown.length > 0 ? [{ type: attributeType.unknownAttributes, value: list }] : []),
    ],
    integrity: { key, algorithm: 'sha1' },
    fingerprint: true,
  });
}

/** The two halves of USERNAME: the receiver's ufrag and the sender's; `undefined` when it has no such form. */
export function readUsername(message: StunMessage): { readonly receiver: string; readonly sender: string } | undefined {
  const value = findAttribute(message, attributeType.username)?.value;
  if (value === undefined || value.length > 513) return undefined;
  const text = decoder.decode(value);
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { receiver: text.slice(0, colon), sender: text.slice(colon + 1) };
}

/** Whose session a binding request is for: the part of USERNAME before the colon. Nothing is authenticated by it. */
export function readLocalUfrag(bytes: Uint8Array): string | undefined {
  const message = parseStunMessage(bytes);
  if (typeof message === 'string' || message.method !== 'binding' || message.class !== 'request') return undefined;
  return readUsername(message)?.receiver;
}
