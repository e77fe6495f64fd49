import { createSocket, type Socket } from 'node:dgram';
import { assert, canonicalIp, isIpv6 } from '@rivero/core';
import type { UdpSocket, UdpSocketOptions, UdpSockets } from './udp-sockets.ts';

/** What may wait in one socket before packets are dropped: bytes, and packets, as short ones take more than their length. */
const bytesWaitingMax = 512 * 1024;
const packetsWaitingMax = 1_024;

/** Packets, or bytes, from one look at what waits to the next: looking at each would take a hundredth of the time of sending. */
const packetsPerLook = 16;
const bytesPerLook = 64 * 1024;

/** The kernel may give less. */
const bufferBytes = 4 * 1024 * 1024;

/** Sockets of Node, each read and written by itself. */
export class DgramSockets implements UdpSockets {
  #dropped = 0;
  readonly #open = new Set<UdpSocket>();

  get dropped(): number {
    return this.#dropped;
  }

  bind(options: UdpSocketOptions): UdpSocket | NodeJS.ErrnoException {
    const bound = bindSocket(options.ip, options.port);
    if (bound instanceof Error) return bound;
    const drop = (): void => void (this.#dropped += 1);
    // Of sending, such as a network that is unreachable; and of receiving, what ICMP says.
    bound.on('error', drop);
    bound.on('message', (bytes, { address, port }) => options.onPacket({ ip: canonicalIp(address), port }, bytes));
    const send = sender(bound, drop);
    const socket: UdpSocket = {
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

/** Binds at once: with a lookup that answers at once, dgram waits for nothing. Else it is what the system says. */
function bindSocket(ip: string, port: number): Socket | NodeJS.ErrnoException {
  const family = isIpv6(ip) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    lookup: (address, _options, callback) => callback(null, address, family),
  });
  let failure: NodeJS.ErrnoException | undefined;
  let isBound = false;
  socket.once('error', (error: NodeJS.ErrnoException) => (failure = error));
  socket.once('listening', () => (isBound = true));
  socket.bind({ port, address: ip, exclusive: true });
  if (failure !== undefined) {
    socket.close();
    return failure;
  }
  assert(isBound, 'a socket is bound at once');
  socket.removeAllListeners('error');
  trySetBuffers(socket);
  return socket;
}

/** Sends by a socket what its queue has room for, give or take what is sent between two looks. */
function sender(socket: Socket, drop: () => void): UdpSocket['send'] {
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

function trySetBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(bufferBytes);
    socket.setSendBufferSize(bufferBytes);
  } catch {
    // What the system gives by itself has to do.
  }
}
