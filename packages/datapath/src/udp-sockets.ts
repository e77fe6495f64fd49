import { getSystemErrorName } from 'node:util';
import { canonicalIp } from '@rivero/core';
import { ConnectedSockets } from './connected-sockets.ts';
import type { DatagramPort } from './contract.ts';
import { bindDgramSocket, type SocketBuffers } from './dgram-socket.ts';
import { explainBindError } from './explain-bind-error.ts';
import { NativeDatapath } from './native/native-datapath.ts';
import type { SocketDatapath } from './socket-datapath.ts';
import { UdpPort } from './udp-port.ts';

/** A burst of keyframes does not fill what it receives into (the kernel gives no more than net.core.rmem_max). */
const buffers: SocketBuffers = { receive: 4 * 1024 * 1024, send: 2 * 1024 * 1024 };

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
          : bindDgram(datapath, ip, number, deliverSoon);
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

function bindDgram(datapath: SocketDatapath, ip: string, port: number, onReceived: () => void): BoundPort {
  const onSendFailed = (): void => datapath.handleSendFailure();
  const socket = bindDgramSocket({ ip, port }, buffers);
  if (socket instanceof Error) throw explainBindError(socket.code ?? socket.message, ip, port);
  const udpPort = new UdpPort(socket, { ip, port: socket.address().port }, onSendFailed);
  // Not on Linux: what ICMP says of earlier packets comes as an error of receiving. ICE notices dead paths.
  socket.on('error', onSendFailed);
  socket.on('message', (bytes, remote) => {
    datapath.receive(udpPort, bytes, canonicalIp(remote.address), remote.port);
    onReceived();
  });
  return { port: udpPort, close: () => new Promise((resolve) => void socket.close(() => resolve())) };
}
