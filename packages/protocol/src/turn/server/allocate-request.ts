import type { Milliseconds } from '@rivero/core';
import { milliseconds } from '@rivero/core';
import { findAttribute, type StunMessage, turnAttributeType } from '../../stun/index.ts';
import { parseLifetime } from '../turn-values.ts';
import type { TurnErrorCode } from './turn-error.ts';
import type { AddressFamily, TurnPath } from './turn-path.ts';
import { lifetimeDefault } from './turn-server-limits.ts';
import type { RelayPort } from './turn-server-output.ts';

/** What an Allocate request asks for. */
export interface AllocateAsk {
  readonly transport: 'udp' | 'tcp';
  /** One, or both. */
  readonly families: readonly AddressFamily[];
  readonly port: RelayPort;
  readonly token: Uint8Array | undefined;
  readonly lifetime: Milliseconds;
}

/** Protocol numbers of REQUESTED-TRANSPORT. */
const transports: ReadonlyMap<number, 'udp' | 'tcp'> = new Map([
  [17, 'udp'],
  [6, 'tcp'],
]);

/** Reads an Allocate request by the rules of RFC 8656 section 7.2 and RFC 6062 section 5.1, in their order. */
export function parseAllocate(
  message: StunMessage,
  path: TurnPath,
  supported: readonly AddressFamily[],
  lifetimeMax: Milliseconds,
): AllocateAsk | TurnErrorCode {
  const value = (type: number): Uint8Array | undefined => findAttribute(message, type)?.value;
  const requested = value(turnAttributeType.requestedTransport);
  if (requested?.length !== 4) return 400;
  const transport = transports.get(requested[0]);
  if (transport === undefined) return 442;
  const token = value(turnAttributeType.reservationToken);
  const evenPort = value(turnAttributeType.evenPort);
  const family = value(turnAttributeType.requestedAddressFamily);
  const additional = value(turnAttributeType.additionalAddressFamily);
  if (transport === 'tcp' && (path.type !== 'stream' || token !== undefined || evenPort !== undefined)) return 400;
  if (token !== undefined && (token.length !== 8 || evenPort !== undefined || family !== undefined)) return 400;
  if (evenPort !== undefined && evenPort.length !== 1) return 400;
  const isPair = evenPort !== undefined && (evenPort[0] & 0x80) !== 0;
  if (additional !== undefined) {
    if (family !== undefined || token !== undefined || isPair) return 400;
    // It can name IPv6 alone (RFC 8656 section 18.11).
    if (parseFamily(additional) !== 6) return 400;
  }
  // Browsers name none, and a server may have IPv6 alone.
  const unnamed = supported.includes(4) ? 4 : 6;
  const first = family === undefined ? unnamed : parseFamily(family);
  if (first === undefined || !(additional === undefined ? supported.includes(first) : supported.length > 0)) return 440;
  return {
    transport,
    families: additional === undefined ? [first] : [4, 6],
    port: isPair ? 'pair' : evenPort === undefined ? 'any' : 'even',
    token,
    lifetime: readLifetime(message, lifetimeMax),
  };
}

/** What is granted: at least the default, at most the limit (RFC 8656 section 7.2); 0 only where it is asked for. */
export function readLifetime(message: StunMessage, lifetimeMax: Milliseconds): Milliseconds {
  const value = findAttribute(message, turnAttributeType.lifetime)?.value;
  const asked = (value && parseLifetime(value)) ?? lifetimeDefault;
  return milliseconds(Math.max(lifetimeDefault, Math.min(asked, lifetimeMax)));
}

/** 1 is IPv4, 2 IPv6, and three bytes are reserved (RFC 8656 section 18.6). */
export function parseFamily(value: Uint8Array): AddressFamily | undefined {
  if (value.length !== 4) return undefined;
  if (value[0] === 1) return 4;
  return value[0] === 2 ? 6 : undefined;
}
