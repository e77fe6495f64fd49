import type { Socket } from 'node:dgram';
import { canonicalIp } from '@rivero/core';
import type { DatagramSocket, DatagramSocketOptions, DatagramSockets } from './datagram-sockets.ts';
import { bindDgramSocket } from './dgram-socket.ts';

/** What may wait in one socket before packets are dropped: bytes, and packets, as short ones take more than their length. */
const bytesWaitingMax = 512 * 1024;
const packetsWaitingMax = 1_024;

/** Packets, or bytes, from one look at what waits to the next: looking at each would take a hundredth of the time of sending. */
const packetsPerLook = 16;
const bytesPerLook = 64 * 1024;

/** All clients of a server speak to one of them. */
const bufferBytes = 4 * 1024 * 1024;

/** Sockets of Node, each read and written by itself. */
export class DgramSockets implements DatagramSockets {
  #dropped = 0;
  readonly #open = new Set<DatagramSocket>();

  get dropped(): number {
    return this.#dropped;
  }

  bind(options: DatagramSocketOptions): DatagramSocket | NodeJS.ErrnoException {
    const bound = bindDgramSocket(options, { receive: bufferBytes, send: bufferBytes });
    if (bound instanceof Error) return bound;
    const drop = (): void => void (this.#dropped += 1);
    // Of sending, such as a network that is unreachable; and of receiving, what ICMP says.
    bound.on('error', drop);
    bound.on('message', (bytes, { address, port }) => options.onPacket({ ip: canonicalIp(address), port }, bytes));
    const sendOpen = sender(bound, drop);
    const send: DatagramSocket['send'] = (bytes, remote) => {
      // When it is closed, dgram throws.
      if (this.#open.has(socket)) sendOpen(bytes, remote);
    };
    const socket: DatagramSocket = {
      port: bound.address().port,
      send,
      sendWithHeader: (header, bytes, remote) => send(withHeader(header, bytes), remote),
      close: () => {
        if (this.#open.delete(socket)) bound.close();
      },
    };
    this.#open.add(socket);
    return socket;
  }

  close(): void {
    for (const socket of this.#open) socket.close();
  }
}

/** Sends by a socket what its queue has room for, give or take what is sent between two looks. */
function sender(socket: Socket, drop: () => void): DatagramSocket['send'] {
  let packetsLeft = packetsPerLook;
  let bytesLeft = bytesPerLook;
  return (bytes, remote) => {
    // Nobody is there, and dgram throws; a packet can say that it comes from there.
    if (remote.port === 0) return drop();
    packetsLeft -= 1;
    if (packetsLeft <= 0 || bytesLeft <= 0) {
      if (isFull(socket)) return drop();
      packetsLeft = packetsPerLook;
      bytesLeft = bytesPerLook;
    }
    bytesLeft -= bytes.length;
    // With an offset and a length dgram makes another view.
    socket.send(bytes, remote.port, remote.ip);
  };
}

function isFull(socket: Socket): boolean {
  return socket.getSendQueueCount() >= packetsWaitingMax || socket.getSendQueueSize() >= bytesWaitingMax;
}

/** A slice of Node's pool. */
function withHeader(header: number, data: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(4 + data.length);
  bytes.writeUInt32BE(header, 0);
  bytes.set(data, 4);
  return bytes;
}
