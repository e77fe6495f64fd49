import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createDgramSocket, type Traffic } from '@rivero/datapath';
import { TurnStreamDeframer } from '@rivero/protocol/turn';
import type { RelayServer } from './relay-server.ts';

/** What waits in one before media is dropped; for STUN, DTLS and RTCP twice as much. */
export const relayQueueBytesMax = 256 * 1024;

/** A burst of keyframes fits; the kernel may give less. */
const receiveBufferBytes = 1024 * 1024;

/** After our last message a connection has so long to take it. */
const closeTimeoutMs = 2_000;

/** A socket of one relay alone, connected to its server. */
export interface RelayConnection {
  send(bytes: Uint8Array): void;
  isCongested(traffic: Traffic): boolean;
  /** What was sent before still goes. */
  close(): void;
}

export interface RelayConnectionHandlers {
  /** It can send from now on. */
  readonly onOpened: () => void;
  readonly onMessage: (bytes: Uint8Array) => void;
  /** By itself; the cause is for people. */
  readonly onClosed: (cause: string) => void;
}

export function openRelayConnection(server: RelayServer, handlers: RelayConnectionHandlers): RelayConnection {
  return server.transport === 'udp' ? openUdp(server, handlers) : openStream(server, handlers);
}

function openUdp({ address: { ip, port } }: RelayServer, handlers: RelayConnectionHandlers): RelayConnection {
  const socket = createDgramSocket(ip);
  let isOpen = false;
  let isClosed = false;
  const close = (): void => {
    if (!isClosed) socket.close();
    isClosed = true;
  };
  // What ICMP says, such as that nobody listens at the port.
  socket.on('error', (error) => {
    if (!isClosed) handlers.onClosed(error.message);
  });
  socket.on('message', (bytes) => {
    if (!isClosed) handlers.onMessage(bytes);
  });
  socket.connect(port, ip, () => {
    if (isClosed) return;
    isOpen = true;
    socket.setRecvBufferSize(receiveBufferBytes);
    handlers.onOpened();
  });
  return {
    send: (bytes) => {
      // Errors of sending come as those of receiving, or mean nothing.
      if (isOpen && !isClosed) socket.send(bytes, () => {});
    },
    isCongested: (traffic) => !isClosed && socket.getSendQueueSize() >= queueMax(traffic),
    close,
  };
}

function openStream(server: RelayServer, handlers: RelayConnectionHandlers): RelayConnection {
  const { address, host, transport } = server;
  let isClosed = false;
  const onOpened = (): void => {
    if (!isClosed) handlers.onOpened();
  };
  const socket = transport === 'tls' ? openTls(address, host, onOpened) : openTcp(address, onOpened);
  const fail = (cause: string): void => {
    if (isClosed) return;
    isClosed = true;
    socket.destroy();
    handlers.onClosed(cause);
  };
  const deframer = new TurnStreamDeframer();
  socket.on('data', (chunk) => {
    if (isClosed) return;
    const messages = deframer.handleChunk(chunk);
    if (typeof messages === 'string') return fail(`what it sends is no TURN (${messages})`);
    for (const message of messages) handlers.onMessage(message);
  });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('it closed the connection'));
  return {
    send: (bytes) => {
      if (!isClosed) socket.write(bytes);
    },
    isCongested: (traffic) => socket.writableLength >= queueMax(traffic),
    close: () => {
      if (isClosed) return;
      isClosed = true;
      socket.end();
      const timer = setTimeout(() => socket.destroy(), closeTimeoutMs).unref();
      socket.once('close', () => clearTimeout(timer));
    },
  };
}

function openTcp({ ip, port }: RelayServer['address'], onOpened: () => void): Socket {
  return connectTcp({ host: ip, port, noDelay: true }, onOpened);
}

/** The certificate must be valid for the host as it was told. */
function openTls({ ip, port }: RelayServer['address'], host: string, onOpened: () => void): Socket {
  const named = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host: ip, port, ...named }, onOpened).setNoDelay(true);
}

function queueMax(traffic: Traffic): number {
  return relayQueueBytesMax * (traffic === 'control' ? 2 : 1);
}
