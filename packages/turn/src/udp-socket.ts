import { createSocket, type Socket } from 'node:dgram';
import { assert, isIpv6, type TransportAddress } from '@rivero/core';

/** What may wait in one socket before packets are dropped: bytes, and packets, as short ones take more than their length. */
const bytesWaitingMax = 512 * 1024;
const packetsWaitingMax = 1_024;

/** The kernel may give less. */
const bufferBytes = 4 * 1024 * 1024;

/** A bound UDP socket. */
export interface UdpSocket {
  readonly port: number;
  /** The bytes are the socket's until they have left. */
  send(bytes: Uint8Array, remote: TransportAddress): void;
  close(): void;
}

export interface UdpSocketOptions {
  readonly ip: string;
  /** 0: any that is free. */
  readonly port: number;
  /** `bytes` is a buffer of its own, which nobody writes to again. */
  readonly onPacket: (remote: TransportAddress, bytes: Uint8Array) => void;
  readonly onDropped: () => void;
}

/** Binds at once: with a lookup that answers at once, dgram waits for nothing. Else it is what the system says. */
export function bindUdp({ ip, port, onPacket, onDropped }: UdpSocketOptions): UdpSocket | NodeJS.ErrnoException {
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
  // Of sending, such as a network that is unreachable; and of receiving, what ICMP says.
  socket.on('error', onDropped);
  trySetBuffers(socket);
  socket.on('message', (bytes, remote) => onPacket({ ip: withoutZone(remote.address), port: remote.port }, bytes));
  let queued = 0;
  return {
    port: socket.address().port,
    send: (bytes, remote) => {
      // Nobody is there, and dgram throws; a packet can say that it comes from there.
      if (remote.port === 0) return onDropped();
      if (queued > 0) {
        queued = socket.getSendQueueCount();
        if (queued >= packetsWaitingMax) return onDropped();
        if (queued > 0 && socket.getSendQueueSize() >= bytesWaitingMax) return onDropped();
      }
      // With an offset and a length dgram makes another view.
      socket.send(bytes, remote.port, remote.ip);
      queued = socket.getSendQueueCount();
    },
    close: () => void socket.close(),
  };
}

function trySetBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(bufferBytes);
    socket.setSendBufferSize(bufferBytes);
  } catch {
    // What the system gives by itself has to do.
  }
}

/** Link-local addresses come with one. */
function withoutZone(ip: string): string {
  const zone = ip.indexOf('%');
  return zone === -1 ? ip : ip.slice(0, zone);
}
