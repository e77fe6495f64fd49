import type { Socket } from 'node:net';
import { sourceNetwork } from '@rivero/core';

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
    const source = remoteAddress === undefined ? undefined : sourceNetwork(withoutZone(remoteAddress));
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

/** Link-local addresses come with one. */
function withoutZone(ip: string): string {
  return ip.split('%')[0];
}
