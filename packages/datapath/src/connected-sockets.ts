import type { Socket } from 'node:dgram';
import type { PathHandle, TransportAddress } from '@rivero/core';
import { createDgramSocket } from './dgram-socket.ts';
import type { SocketDatapath } from './socket-datapath.ts';
import { queueBytesMax } from './udp-port.ts';

/** Sockets of one worker that are connected to one address each. */
export const connectedSocketsMax = 512;

/** Paths by sockets of their own, to addresses to which the shared sockets have a path that is another session's. */
export class ConnectedSockets {
  readonly #datapath: SocketDatapath;
  readonly #onReceived: () => void;
  readonly #sockets = new Set<Socket>();

  constructor(datapath: SocketDatapath, onReceived: () => void) {
    this.#datapath = datapath;
    this.#onReceived = onReceived;
  }

  /** `undefined` when there are too many, or no route. */
  open(remote: TransportAddress): PathHandle | undefined {
    if (this.#sockets.size >= connectedSocketsMax) return undefined;
    const socket = connect(remote);
    const local = socket && localAddress(socket);
    if (socket === undefined || local === undefined) return undefined;
    this.#sockets.add(socket);
    const onSendFailed = (error: Error | null): void => {
      if (error !== null) this.#datapath.handleSendFailure();
    };
    const path = this.#datapath.paths.openStream({
      protocol: 'udp',
      local,
      remote,
      write: (packet) => {
        if (this.#sockets.has(socket)) socket.send(Uint8Array.from(packet), onSendFailed);
      },
      isCongested: (traffic) =>
        this.#sockets.has(socket) && socket.getSendQueueSize() >= queueBytesMax * (traffic === 'control' ? 2 : 1),
      close: () => this.#close(socket),
    });
    if (path === undefined) {
      this.#close(socket);
      return undefined;
    }
    // What ICMP says of earlier packets; ICE notices dead paths.
    socket.on('error', () => {});
    socket.on('message', (bytes) => {
      this.#datapath.receiveOnPath(path, bytes);
      this.#onReceived();
    });
    return path;
  }

  async close(): Promise<void> {
    const closing = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve())),
    );
    for (const socket of this.#sockets) this.#close(socket);
    await Promise.all(closing);
  }

  #close(socket: Socket): void {
    if (this.#sockets.delete(socket)) socket.close();
  }
}

/** The system picks address and port. All of it happens at once, because the lookup does. */
function connect({ ip, port }: TransportAddress): Socket | undefined {
  const socket = createDgramSocket(ip);
  socket.on('error', () => {});
  socket.connect(port, ip);
  if (localAddress(socket) !== undefined) return socket;
  socket.close();
  return undefined;
}

/** Of a connected socket; those that are not throw. */
function localAddress(socket: Socket): TransportAddress | undefined {
  try {
    socket.remoteAddress();
    const { address: ip, port } = socket.address();
    return { ip, port };
  } catch {
    return undefined;
  }
}
