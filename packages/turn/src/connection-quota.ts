import type { Socket } from 'node:net';
import { isIpv6 } from '@rivero/core';
import { parseIp } from '@rivero/protocol/stun';

/** Connections altogether, those in a TLS handshake included, and from one source. */
export const connectionsMax = 8_192;
export const connectionsOfOneMax = 1_024;

/** How many connections clients may have. */
export class ConnectionQuota {
  readonly #perSource = new Map<string, number>();
  #count = 0;

  /** Counts a connection until it closes; or ends it, and answers false. */
  admit(socket: Socket): boolean {
    socket.on('error', () => {});
    const { remoteAddress } = socket;
    const source = remoteAddress === undefined ? undefined : sourceOf(remoteAddress);
    const already = this.#perSource.get(source ?? '') ?? 0;
    if (source === undefined || this.#count >= connectionsMax || already >= connectionsOfOneMax) {
      socket.destroy();
      return false;
    }
    this.#count += 1;
    this.#perSource.set(source, already + 1);
    socket.once('close', () => {
      this.#count -= 1;
      const left = (this.#perSource.get(source) ?? 1) - 1;
      if (left === 0) this.#perSource.delete(source);
      else this.#perSource.set(source, left);
    });
    return true;
  }
}

/** An IPv4 address, or a /64 of IPv6, of which a host has all addresses. */
function sourceOf(ip: string): string {
  const [address = ''] = ip.split('%');
  return isIpv6(address) ? Buffer.from(parseIp(address).subarray(0, 8)).toString('hex') : address;
}
