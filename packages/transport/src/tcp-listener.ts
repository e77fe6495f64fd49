import { createServer, type Server, type Socket } from 'node:net';
import { CodedError, Counters, packetSlotSize, type PathHandle, sourceNetwork } from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import { frame, StreamDeframer } from '@rivero/protocol/ice';

export interface TcpListenerOptions {
  readonly datapath: Datapath;
  readonly addresses: readonly string[];
  /** 0: any port that is free on the first address. */
  readonly port: number;
  /** A connection's path is no more. */
  readonly onClosed: (path: PathHandle) => void;
  /** Asked of each connection every few seconds: whether it is a path that ICE of an open session has validated. */
  readonly isValidated: (path: PathHandle) => boolean;
  /** Called when packets of one chunk were handed to the datapath. */
  readonly onReceived: () => void;
}

export const tcpCounters = [
  'accepted',
  'refused-too-many',
  'refused-too-many-of-one',
  'frame-too-long',
  'never-validated',
  'no-longer-validated',
] as const;

/** Connections of one worker, and from one address: an IPv4 address, or a /64 of IPv6. */
export const connectionsMax = 4_096;
export const connectionsOfOneMax = 256;

/** How long a connection may take to its first valid check. */
const validationTimeoutMs = 10_000;

/** Between two looks at all connections. */
const sweepIntervalMs = 2_500;

/** Then the system probes a connection by which nothing comes: one whose other end vanished without a word ends so. */
const keepAliveDelayMs = 30_000;

/** Bytes that wait in a connection before media is dropped: about half a second of a good picture. */
export const mediaWaitingMax = 256 * 1024;

/** And before STUN, DTLS and RTCP are: without answers to its checks a slow peer would be lost. */
export const controlWaitingMax = 512 * 1024;

interface Connection {
  readonly path: PathHandle;
  readonly acceptedAt: number;
  wasValidated: boolean;
}

/** ICE-TCP, passive (RFC 6544): accepts connections and carries framed packets (RFC 4571) between them and the datapath. */
export class TcpListener {
  readonly counters = new Counters(tcpCounters);
  readonly #options: TcpListenerOptions;
  readonly #servers: Server[] = [];
  readonly #connections = new Map<Socket, Connection>();
  readonly #perSource = new Map<string, number>();
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: TcpListenerOptions) {
    this.#options = options;
  }

  /** Listens on every address, on one port number, and answers it. */
  async open(): Promise<number> {
    let { port } = this.#options;
    try {
      for (const ip of this.#options.addresses) port = await this.#listen(ip, port);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#sweeper = setInterval(() => this.#sweep(), sweepIntervalMs);
    return port;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    for (const socket of this.#connections.keys()) socket.destroy();
    await Promise.all(
      this.#servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
    );
  }

  #listen(ip: string, port: number): Promise<number> {
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs }, (socket) =>
      this.#accept(socket),
    );
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(explainListenError(error, ip, port)));
      server.listen({ host: ip, port, ipv6Only: true, exclusive: true }, () => {
        server.removeAllListeners('error');
        server.on('error', () => {});
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  #accept(socket: Socket): void {
    const { remoteAddress: ip, remotePort: port, localAddress = '', localPort = 0 } = socket;
    const source = sourceNetwork(ip ?? '');
    const already = this.#perSource.get(source) ?? 0;
    if (ip === undefined || port === undefined || this.#connections.size >= connectionsMax) {
      this.counters.count('refused-too-many');
      return void socket.destroy();
    }
    if (already >= connectionsOfOneMax) {
      this.counters.count('refused-too-many-of-one');
      return void socket.destroy();
    }
    const { datapath, onClosed, onReceived } = this.#options;
    const path = datapath.paths.openStream({
      local: { ip: localAddress, port: localPort },
      remote: { ip, port },
      write: (packet) => void socket.write(frame(packet)),
      isCongested: (traffic) => socket.writableLength > (traffic === 'media' ? mediaWaitingMax : controlWaitingMax),
    });
    if (path === undefined) {
      this.counters.count('refused-too-many');
      return void socket.destroy();
    }
    this.counters.count('accepted');
    this.#connections.set(socket, { path, acceptedAt: performance.now(), wasValidated: false });
    this.#perSource.set(source, already + 1);
    const deframer = new StreamDeframer(packetSlotSize);
    socket.on('data', (chunk) => {
      const packets = deframer.handleChunk(chunk);
      if (packets === 'frame-too-long') {
        this.counters.count('frame-too-long');
        socket.destroy();
        return;
      }
      for (const packet of packets) datapath.receiveOnPath(path, packet);
      onReceived();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#connections.delete(socket);
      const left = (this.#perSource.get(source) ?? 1) - 1;
      if (left === 0) this.#perSource.delete(source);
      else this.#perSource.set(source, left);
      onClosed(path);
      datapath.paths.close(path);
    });
  }

  /** Closes connections that no session has validated in time, and those whose session has let them go. */
  #sweep(): void {
    const now = performance.now();
    for (const [socket, connection] of this.#connections) {
      if (this.#options.isValidated(connection.path)) connection.wasValidated = true;
      else if (connection.wasValidated) this.#drop(socket, 'no-longer-validated');
      else if (now - connection.acceptedAt >= validationTimeoutMs) this.#drop(socket, 'never-validated');
    }
  }

  #drop(socket: Socket, reason: 'no-longer-validated' | 'never-validated'): void {
    this.counters.count(reason);
    socket.destroy();
  }
}

function explainListenError(error: NodeJS.ErrnoException, ip: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new CodedError(
      'media-port-taken',
      `TCP port ${port} on ${ip} is taken; set RIVERO_MEDIA_PORT to a free one.`,
      {
        ip,
        port,
      },
    );
  }
  if (error.code === 'EACCES') {
    return new CodedError(
      'media-port-forbidden',
      `TCP port ${port} may not be opened; set RIVERO_MEDIA_PORT above 1023.`,
      {
        ip,
        port,
      },
    );
  }
  return error;
}
