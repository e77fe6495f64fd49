import { isIP } from 'node:net';
import { parseIp } from '@rivero/core';

/** All addresses of one family that begin alike. */
export interface AddressRange {
  /** 4 or 16 bytes. */
  readonly bytes: Uint8Array;
  /** Bits that count. */
  readonly prefix: number;
}

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; IPv4-mapped IPv6 is read as IPv4 only without a prefix. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [ip = '', told, ...rest] = text.split('/');
  if (isIP(ip) === 0 || ip.includes('%') || rest.length > 0) return undefined;
  const bytes = parseIp(ip);
  if (told === undefined) return { bytes, prefix: bytes.length * 8 };
  const prefix = /^\d{1,3}$/.test(told) ? Number(told) : -1;
  return prefix >= 0 && prefix <= bytes.length * 8 ? { bytes, prefix } : undefined;
}

/** `ip` is 4 or 16 bytes. */
export function isInRange(ip: Uint8Array, { bytes, prefix }: AddressRange): boolean {
  if (ip.length !== bytes.length) return false;
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (ip[i] !== bytes[i]) return false;
  const rest = prefix & 7;
  return rest === 0 || (ip[whole] ^ bytes[whole]) >> (8 - rest) === 0;
}

/** One address and no network. */
export function isSingle({ bytes, prefix }: AddressRange): boolean {
  return prefix === bytes.length * 8;
}
