import { createServer, type Server, type Socket } from 'node:net';
import { CodedError, Counters, packetSlotSize, type PathHandle } from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import { frame, StreamDeframer } from '@rivero/protocol/ice';

export interface TcpListenerOptions {
  readonly datapath: Datapath;
  readonly addresses: readonly string[];
  /** 0: any port that is free on the first address. */
  readonly port: number;
  /** A connection's path is no more. */
  readonly onClosed: (path: PathHandle) => void;
  /** Asked of each connection after a while: whether ICE has validated it. */
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
] as const;

/** Connections of one worker, and from one address. */
export const connectionsMax = 4_096;
export const connectionsOfOneMax = 256;

/** A connection without a valid check is closed then. */
const validationTimeoutMs = 10_000;

/** Bytes that wait in a connection before media is dropped: about half a second of a good picture. */
export const mediaWaitingMax = 256 * 1024;

/** And before STUN, DTLS and RTCP are: without answers to its checks a slow peer would be lost. */
export const controlWaitingMax = 512 * 1024;

/** ICE-TCP, passive (RFC 6544): accepts connections and carries framed packets (RFC 4571) between them and the datapath. */
export class TcpListener {
  readonly counters = new Counters(tcpCounters);
  readonly #options: TcpListenerOptions;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();

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
    return port;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    await Promise.all(
      this.#servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
    );
  }

  #listen(ip: string, port: number): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
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
    const { remoteAddress: ip, remotePort: port } = socket;
    const already = this.#perAddress.get(ip ?? '') ?? 0;
    if (ip === undefined || port === undefined || this.#connections.size >= connectionsMax) {
      this.counters.count('refused-too-many');
      return void socket.destroy();
    }
    if (already >= connectionsOfOneMax) {
      this.counters.count('refused-too-many-of-one');
      return void socket.destroy();
    }
    const { datapath, onClosed, isValidated, onReceived } = this.#options;
    const path = datapath.openStreamPath({
      remote: { ip, port },
      write: (packet) => void socket.write(frame(packet)),
      isCongested: (traffic) => socket.writableLength > (traffic === 'media' ? mediaWaitingMax : controlWaitingMax),
    });
    if (path === undefined) {
      this.counters.count('refused-too-many');
      return void socket.destroy();
    }
    this.counters.count('accepted');
    this.#connections.add(socket);
    this.#perAddress.set(ip, already + 1);
    const deframer = new StreamDeframer(packetSlotSize);
    const timer = setTimeout(() => {
      if (isValidated(path)) return;
      this.counters.count('never-validated');
      socket.destroy();
    }, validationTimeoutMs);
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
      clearTimeout(timer);
      this.#connections.delete(socket);
      const left = (this.#perAddress.get(ip) ?? 1) - 1;
      if (left === 0) this.#perAddress.delete(ip);
      else this.#perAddress.set(ip, left);
      onClosed(path);
      datapath.closePath(path);
    });
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
