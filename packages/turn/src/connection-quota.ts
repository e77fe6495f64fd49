import type { Socket } from 'node:net';
import { canonicalIp, sourceNetwork } from '@rivero/core';

/** Connections altogether, those in a TLS handshake included, and from one source. */
export const connectionsMax = 8_192;
export const connectionsOfOneMax = 1_024;

/** How many connections clients may have. Where there is no room, who has proved nothing yet gives way, the oldest first. */
export class ConnectionQuota {
  readonly #perSource = new Map<string, number>();
  /** Nobody has an allocation by these; in the order in which they came. */
  readonly #strangers = new Map<string, Socket>();
  readonly #max: number;
  #count = 0;

  constructor(max = connectionsMax) {
    this.#max = max;
  }

  /** Counts a connection until it closes; or ends it, and answers false. */
  admit(socket: Socket): boolean {
    socket.on('error', () => {});
    const { remoteAddress } = socket;
    const source = remoteAddress === undefined ? undefined : sourceNetwork(canonicalIp(remoteAddress));
    const already = this.#perSource.get(source ?? '') ?? 0;
    if (source === undefined || already >= connectionsOfOneMax || !this.#hasRoom()) {
      socket.destroy();
      return false;
    }
    this.#count += 1;
    this.#perSource.set(source, already + 1);
    const key = keyOf(socket);
    this.#strangers.set(key, socket);
    socket.once('close', () => {
      if (this.#strangers.get(key) === socket) this.#strangers.delete(key);
      this.#count -= 1;
      const left = (this.#perSource.get(source) ?? 1) - 1;
      if (left === 0) this.#perSource.delete(source);
      else this.#perSource.set(source, left);
    });
    return true;
  }

  /** From now on it gives way to nobody; the socket that was admitted, or that of TLS over it. */
  keep(socket: Socket): void {
    this.#strangers.delete(keyOf(socket));
  }

  #hasRoom(): boolean {
    if (this.#count < this.#max) return true;
    for (const [key, socket] of this.#strangers) {
      this.#strangers.delete(key);
      socket.destroy();
      return true;
    }
    return false;
  }
}

/** Its two ends. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
