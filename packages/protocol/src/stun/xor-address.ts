import { formatIp, parseIp, type TransportAddress } from '@rivero/core';
import type { AttributeToSend } from './serialize-stun-message.ts';
import { findAttribute, magicCookie, type StunMessage } from './stun-message.ts';

/**
 * XOR-MAPPED-ADDRESS and its kin.
 *
 *     |0 0 0 0 0 0 0 0|    Family     |         X-Port                |
 *     |                X-Address (32 or 128 bits)                     |
 *
 * Source: RFC 8489 section 14.2.
 */
export function parseXorAddress(value: Uint8Array, transactionId: Uint8Array): TransportAddress | undefined {
  const plain = xor(value, transactionId);
  return plain === undefined ? undefined : parseAddress(plain);
}

/** The value of XOR-MAPPED-ADDRESS; the address is textual and valid. */
export function serializeXorAddress(address: TransportAddress, transactionId: Uint8Array): Uint8Array {
  return xor(serializeAddress(address), transactionId) ?? new Uint8Array(0);
}

/** The address in the first attribute of that type, XOR-MAPPED-ADDRESS or its kin; `undefined` when it is missing or broken. */
export function findXorAddress(message: StunMessage, type: number): TransportAddress | undefined {
  const value = findAttribute(message, type)?.value;
  return value && parseXorAddress(value, message.transactionId);
}

/** XOR-MAPPED-ADDRESS or its kin, by its type; the address is textual and valid. */
export function xorAddressAttribute(
  type: number,
  address: TransportAddress,
  transactionId: Uint8Array,
): AttributeToSend {
  return { type, value: serializeXorAddress(address, transactionId) };
}

/** The value of MAPPED-ADDRESS (RFC 8489 section 14.1). */
export function serializeAddress(address: TransportAddress): Uint8Array {
  const ip = parseIp(address.ip);
  const value = new Uint8Array(4 + ip.length);
  value[1] = ip.length === 4 ? 1 : 2;
  value[2] = address.port >> 8;
  value[3] = address.port & 0xff;
  value.set(ip, 4);
  return value;
}

export function parseAddress(value: Uint8Array): TransportAddress | undefined {
  const isV4 = value[1] === 1 && value.length === 8;
  const isV6 = value[1] === 2 && value.length === 20;
  if (!isV4 && !isV6) return undefined;
  return { ip: formatIp(value.subarray(4)), port: (value[2] << 8) | value[3] };
}

function xor(value: Uint8Array, transactionId: Uint8Array): Uint8Array | undefined {
  if (value.length !== 8 && value.length !== 20) return undefined;
  const mask = new Uint8Array(16);
  new DataView(mask.buffer).setUint32(0, magicCookie);
  mask.set(transactionId, 4);
  return value.map((byte, i) => (i < 2 ? byte : i < 4 ? byte ^ mask[i - 2] : byte ^ mask[i - 4]));
}
