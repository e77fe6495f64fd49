import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server, type ServerOpts, type Socket as TcpSocket } from 'node:net';
import { isIpv6 } from '@rivero/core';

/** A burst of packets that does not fill it; the kernel may give less (net.core.rmem_max). */
const clientBufferBytes = 4 * 1024 * 1024;
const relayBufferBytes = 512 * 1024;

/** Opens a UDP socket of one address; fails as `bind` does. */
export function bindUdp(ip: string, port: number, use: 'clients' | 'relay'): Promise<Socket> {
  const family = isIpv6(ip) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    // Addresses are numeric: no resolver, and no tick of the event loop before each packet.
    lookup: (address, _options, callback) => callback(null, address, family),
  });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ port, address: ip, exclusive: true }, () => {
      socket.removeAllListeners('error');
      // What ICMP says of earlier packets; whoever sends notices by itself.
      socket.on('error', () => {});
      trySetBuffers(socket, use === 'clients' ? clientBufferBytes : relayBufferBytes);
      resolve(socket);
    });
  });
}

/** Opens a TCP listener of one address; fails as `listen` does. */
export function listenTcp(
  ip: string,
  port: number,
  options: ServerOpts,
  onConnection: (socket: TcpSocket) => void,
): Promise<Server> {
  return listen(createServer(options, onConnection), ip, port);
}

/** The same for a server that was made already. */
export function listen<Listening extends Server>(server: Listening, ip: string, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: ip, port, ipv6Only: true, exclusive: true }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {});
      resolve(server);
    });
  });
}

/** The port of a listener. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function trySetBuffers(socket: Socket, bytes: number): void {
  try {
    socket.setRecvBufferSize(bytes);
    socket.setSendBufferSize(bytes);
  } catch {
    // The kernel's own size has to do.
  }
}
