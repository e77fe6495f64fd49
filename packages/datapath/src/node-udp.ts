import { createSocket, type Socket } from 'node:dgram';
import { CodedError, isIpv6 } from '@rivero/core';
import { canonicalIp } from './canonical-ip.ts';
import { ConnectedSockets } from './connected-sockets.ts';
import type { DatagramPort } from './contract.ts';
import type { TwinDatapath } from './twin/twin-datapath.ts';
import { UdpPort } from './udp-port.ts';

/** Receive buffer that a burst of keyframes does not fill; the kernel may give less (net.core.rmem_max). */
const receiveBufferBytes = 4 * 1024 * 1024;
const sendBufferBytes = 2 * 1024 * 1024;

/** The worker's UDP sockets. */
export interface UdpSockets {
  readonly ports: readonly DatagramPort[];
  close(): Promise<void>;
}

/**
 * Binds one socket for each local address, all on the same port, so that answers leave from the address that was asked.
 * Port 0: any port that is free on the first address. What one wake-up brings is delivered together.
 */
export async function openUdpSockets(
  datapath: TwinDatapath,
  addresses: readonly string[],
  port: number,
): Promise<UdpSockets> {
  const sockets: Socket[] = [];
  const ports: UdpPort[] = [];
  let isDeliveryPending = false;
  const deliver = (): void => {
    isDeliveryPending = false;
    datapath.deliver();
  };
  const deliverSoon = (): void => {
    if (isDeliveryPending) return;
    isDeliveryPending = true;
    setImmediate(deliver);
  };
  const connected = new ConnectedSockets(datapath, deliverSoon);
  datapath.setConnector((remote) => connected.open(remote));
  const onSendFailed = (): void => datapath.handleSendFailure();
  const close = async (): Promise<void> => {
    for (const port of ports) datapath.removePort(port);
    datapath.setConnector(() => undefined);
    await connected.close();
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => void socket.close(() => resolve()))));
  };
  try {
    for (const ip of addresses) {
      const socket = await bind(ip, ports[0]?.local.port ?? port);
      const udpPort = new UdpPort(socket, { ip, port: socket.address().port }, onSendFailed);
      // Not on Linux: what ICMP says of earlier packets comes as an error of receiving. ICE notices dead paths.
      socket.on('error', onSendFailed);
      sockets.push(socket);
      ports.push(udpPort);
      datapath.addPort(udpPort);
      socket.on('message', (bytes, remote) => {
        datapath.receive(udpPort, bytes, canonicalIp(remote.address), remote.port);
        deliverSoon();
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ports, close };
}

function bind(ip: string, port: number): Promise<Socket> {
  const family = isIpv6(ip) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    // Addresses are numeric: no resolver, and no tick of the event loop before each packet.
    lookup: (address, _options, callback) => callback(null, address, family),
  });
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => reject(explainBindError(error, ip, port)));
    socket.bind({ port, address: ip, exclusive: true }, () => {
      socket.removeAllListeners('error');
      trySetBuffers(socket);
      resolve(socket);
    });
  });
}

function trySetBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(receiveBufferBytes);
    socket.setSendBufferSize(sendBufferBytes);
  } catch {
    // The kernel's own size has to do.
  }
}

function explainBindError(error: NodeJS.ErrnoException, ip: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new CodedError(
      'media-port-taken',
      `UDP port ${port} on ${ip} is taken; set RIVERO_MEDIA_PORT to a free one.`,
      {
        ip,
        port,
      },
    );
  }
  if (error.code === 'EACCES') {
    return new CodedError(
      'media-port-forbidden',
      `UDP port ${port} may not be opened; set RIVERO_MEDIA_PORT above 1023.`,
      {
        ip,
        port,
      },
    );
  }
  return error;
}
