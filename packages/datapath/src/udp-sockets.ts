import { createSocket, type Socket } from 'node:dgram';
import { getSystemErrorName } from 'node:util';
import { canonicalIp, isIpv6 } from '@rivero/core';
import { ConnectedSockets } from './connected-sockets.ts';
import type { DatagramPort } from './contract.ts';
import { explainBindError } from './explain-bind-error.ts';
import { NativeDatapath } from './native/native-datapath.ts';
import type { SocketDatapath } from './socket-datapath.ts';
import { UdpPort } from './udp-port.ts';

/** Receive buffer that a burst of keyframes does not fill; the kernel may give less (net.core.rmem_max). */
const receiveBufferBytes = 4 * 1024 * 1024;
const sendBufferBytes = 2 * 1024 * 1024;

/** The worker's UDP sockets. */
export interface UdpSockets {
  readonly ports: readonly DatagramPort[];
  close(): Promise<void>;
}

/** One of them. */
interface BoundPort {
  readonly port: DatagramPort;
  close(): Promise<void>;
}

/**
 * Binds one socket for each local address, all on the same port, so that answers leave from the address that was asked.
 * Port 0: any port that is free on the first address. What one wake-up brings is delivered together.
 */
export async function openUdpSockets(
  datapath: SocketDatapath,
  addresses: readonly string[],
  port: number,
): Promise<UdpSockets> {
  const bound: BoundPort[] = [];
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
  datapath.paths.setConnector((remote) => connected.open(remote));
  const close = async (): Promise<void> => {
    for (const { port } of bound) datapath.paths.removePort(port);
    datapath.paths.setConnector(() => undefined);
    await connected.close();
    await Promise.all(bound.map((each) => each.close()));
  };
  try {
    for (const ip of addresses) {
      const number = bound[0]?.port.local.port ?? port;
      const opened =
        datapath instanceof NativeDatapath
          ? bindNative(datapath, ip, number)
          : await bindDgram(datapath, ip, number, deliverSoon);
      bound.push(opened);
      datapath.paths.addPort(opened.port);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ports: bound.map(({ port }) => port), close };
}

/** A socket of the addon, which reads and writes it. */
function bindNative(datapath: NativeDatapath, ip: string, port: number): BoundPort {
  const opened = datapath.openSocket(ip, port);
  if (typeof opened === 'number') throw explainBindError(getSystemErrorName(-opened), ip, port);
  return {
    port: opened,
    close: () => {
      opened.close();
      return Promise.resolve();
    },
  };
}

async function bindDgram(
  datapath: SocketDatapath,
  ip: string,
  port: number,
  onReceived: () => void,
): Promise<BoundPort> {
  const onSendFailed = (): void => datapath.handleSendFailure();
  const socket = await bind(ip, port);
  const udpPort = new UdpPort(socket, { ip, port: socket.address().port }, onSendFailed);
  // Not on Linux: what ICMP says of earlier packets comes as an error of receiving. ICE notices dead paths.
  socket.on('error', onSendFailed);
  socket.on('message', (bytes, remote) => {
    datapath.receive(udpPort, bytes, canonicalIp(remote.address), remote.port);
    onReceived();
  });
  return { port: udpPort, close: () => new Promise((resolve) => void socket.close(() => resolve())) };
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
    socket.once('error', (error: NodeJS.ErrnoException) =>
      reject(explainBindError(error.code ?? error.message, ip, port)),
    );
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
