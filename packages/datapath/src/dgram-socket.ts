import { createSocket, type Socket } from 'node:dgram';
import { assert, isIpv6, type TransportAddress } from '@rivero/core';

/** In bytes; the kernel may give less. */
export interface SocketBuffers {
  readonly receive: number;
  readonly send: number;
}

/**
 * A socket of Node's for numeric addresses, all of the family of this one: no resolver, and no tick of the event loop before each
 * packet.
 */
export function createDgramSocket(ip: string): Socket {
  const family = isIpv6(ip) ? 6 : 4;
  return createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    lookup: (address, _options, callback) => callback(null, address, family),
  });
}

/** One that is bound; or what the system says, by its code. With a lookup that answers at once, dgram waits for nothing. */
export function bindDgramSocket(
  { ip, port }: TransportAddress,
  buffers: SocketBuffers,
): Socket | NodeJS.ErrnoException {
  const socket = createDgramSocket(ip);
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
  trySetBuffers(socket, buffers);
  return socket;
}

function trySetBuffers(socket: Socket, { receive, send }: SocketBuffers): void {
  try {
    socket.setRecvBufferSize(receive);
    socket.setSendBufferSize(send);
  } catch {
    // What the system gives by itself has to do.
  }
}
