import { formatIp, parseIp, type TransportAddress } from '@rivero/core';
import { columnOf } from './datagram-rows.ts';

/** Addresses that are known at once, a power of 2; others are read anew. */
const placesMax = 8_192;

/** IP addresses of outgoing rows that are known at once. */
const ipsMax = 8_192;

/** Words of a place: port and family, IP address. */
const placeLength = 5;

const ipv6Mark = 0x10000;

/**
 * Addresses of rows as the rest of the program knows them, and back. One that is heard again and again is the same object,
 * and no text is made of it; where two have one place, the last has it.
 */
export class RowAddresses {
  readonly #places = new Uint32Array(placesMax * placeLength);
  readonly #addresses: (TransportAddress | undefined)[] = Array.from({ length: placesMax });
  readonly #ips = new Map<string, Uint32Array>();

  /** Where the row begins is told. */
  read(rows: Uint32Array, at: number, isIpv6: boolean): TransportAddress {
    const ip = at + columnOf.ip;
    const mark = rows[at + columnOf.port] | (isIpv6 ? ipv6Mark : 0);
    // The rest of an IPv4 row is of the one before.
    const second = isIpv6 ? rows[ip + 1] : 0;
    const third = isIpv6 ? rows[ip + 2] : 0;
    const fourth = isIpv6 ? rows[ip + 3] : 0;
    const place = placeOf(mark, rows[ip] ^ Math.imul(second, 31) ^ Math.imul(third, 127) ^ Math.imul(fourth, 8191));
    const places = this.#places;
    const first = place * placeLength;
    const known = this.#addresses[place];
    const isKnown =
      known !== undefined &&
      places[first] === mark &&
      places[first + 1] === rows[ip] &&
      places[first + 2] === second &&
      places[first + 3] === third &&
      places[first + 4] === fourth;
    if (isKnown) return known;
    places.set([mark, rows[ip], second, third, fourth], first);
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset + ip * 4, isIpv6 ? 16 : 4);
    const address = { ip: formatIp(bytes), port: rows[at + columnOf.port] };
    this.#addresses[place] = address;
    return address;
  }

  /** An IP address as rows have it: one word, or four. */
  wordsOf(ip: string): Uint32Array {
    const known = this.#ips.get(ip);
    if (known !== undefined) return known;
    if (this.#ips.size >= ipsMax) this.#ips.clear();
    const bytes = Uint8Array.from(parseIp(ip));
    const words = new Uint32Array(bytes.buffer);
    this.#ips.set(ip, words);
    return words;
  }
}

/** Spreads ports of one IP address as well as IP addresses. */
function placeOf(mark: number, ip: number): number {
  const mixed = Math.imul(ip ^ Math.imul(mark, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & (placesMax - 1);
}
