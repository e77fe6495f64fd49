import type { Socket } from 'node:dgram';
import type { TransportAddress } from '@rivero/core';
import { bindUdp } from './local-sockets.ts';

/** Packets that wait in one socket before more are dropped. */
export const queuePacketsMax = 512;

/** The socket of one relayed address for UDP. */
export class UdpRelay {
  readonly local: TransportAddress;
  readonly #socket: Socket;
  #queued = 0;

  private constructor(socket: Socket, local: TransportAddress) {
    this.#socket = socket;
    this.local = local;
  }

  /** Fails as `bind` does. */
  static async open(
    local: TransportAddress,
    onPacket: (peer: TransportAddress, data: Uint8Array) => void,
  ): Promise<UdpRelay> {
    const socket = await bindUdp(local.ip, local.port, 'relay');
    socket.on('message', (bytes, { address: ip, port }) => {
      // Link-local peers come with a zone: nobody can have a permission for them.
      if (!ip.includes('%')) onPacket({ ip, port }, bytes);
    });
    return new UdpRelay(socket, local);
  }

  /** False when too much waits: the packet is dropped. */
  send(peer: TransportAddress, data: Uint8Array): boolean {
    if (this.#queued > 0) this.#queued = this.#socket.getSendQueueCount();
    if (this.#queued >= queuePacketsMax) return false;
    this.#socket.send(data, 0, data.length, peer.port, peer.ip);
    this.#queued = this.#socket.getSendQueueCount();
    return true;
  }

  close(): void {
    this.#socket.removeAllListeners('message');
    this.#socket.close();
  }
}
