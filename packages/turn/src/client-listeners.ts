import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { CodedError, isLoopback, type Milliseconds, milliseconds, type TransportAddress } from '@rivero/core';
import type { DatagramSocket, DatagramSockets } from '@rivero/datapath';
import type { ListenerId } from '@rivero/protocol/turn-server';
import { noOwnAddress } from './own-addresses.ts';

/** A certificate with its chain, and its key, both PEM. */
export interface TurnCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Which of its ports cannot be opened at an address, and the system's word for it. */
export interface ListenFailure {
  readonly ip: string;
  readonly port: number;
  readonly setting: 'RIVERO_TURN_PORT' | 'RIVERO_TURN_TLS_PORT';
  readonly code: string;
}

export interface ClientListenersOptions {
  readonly sockets: DatagramSockets;
  /** UDP and TCP; none when it is left out. 0: any that is free. */
  readonly port?: number;
  /** None without a certificate. */
  readonly tls?: { readonly port: number; readonly certificate: TurnCertificate };
  /** A handshake that takes longer is nobody's. */
  readonly handshakeMax?: Milliseconds;
  /** `bytes` are there within it. */
  readonly onDatagram: (listener: ListenerId, remote: TransportAddress, bytes: Uint8Array) => void;
  /** A connection, before its handshake if there is one; what it says is whether it may stay. */
  readonly admit: (socket: Socket) => boolean;
  /** One that is ready. */
  readonly onConnection: (socket: Socket, isSecure: boolean) => void;
}

const tlsOptions = { minVersion: 'TLSv1.2' } as const;

const handshakeDefault = milliseconds(10_000);

const socketOptions = { noDelay: true, keepAlive: true } as const;

/** A network that is away for a moment, such as of a cable that is pulled, finds its sockets as they were. */
export const missesMax = 60;

/** A port that is free for UDP, or at one address, may be another's for TCP, or at the next: then any other is as good. */
const portAttemptsMax = 8;

/** What listens at one address for one setting. */
interface Place {
  readonly port: number;
  readonly sockets: readonly DatagramSocket[];
  readonly server: Server | TlsServer;
}

type PlaceKind = 'plain' | 'tls';

const settings = { plain: 'RIVERO_TURN_PORT', tls: 'RIVERO_TURN_TLS_PORT' } as const;

/**
 * Where clients are heard: sockets for each address, so that answers leave from the one that was asked. Addresses come and go
 * while a server runs; where one of the ports cannot be opened, UDP and TCP are left out both.
 */
export class ClientListeners {
  readonly #options: ClientListenersOptions;
  readonly #sockets = new Map<ListenerId, DatagramSocket>();
  readonly #places: Readonly<Record<PlaceKind, Map<string, Place>>> = { plain: new Map(), tls: new Map() };
  /** What was told and is still so. */
  readonly #failures = new Map<string, ListenFailure>();
  /** How often in turn an address was missing at which we listen. */
  readonly #misses = new Map<string, number>();
  #certificate: TurnCertificate | undefined;
  #nextListener = 1;
  #isClosed = false;

  constructor(options: ClientListenersOptions) {
    this.#options = options;
    this.#certificate = options.tls?.certificate;
  }

  /** Of what could be opened. */
  get ports(): { readonly plain: number | undefined; readonly tls: number | undefined } {
    return { plain: this.#portOf('plain'), tls: this.#portOf('tls') };
  }

  /**
   * Listens at all addresses that can be opened. `turn-port-taken` when RIVERO_TURN_PORT can be at none of them, or where that
   * is off RIVERO_TURN_TLS_PORT; also when another program has it at all that others reach, and when a port that was to be any
   * is not free at all of them.
   */
  async open(addresses: readonly string[], onSkipped: (failure: ListenFailure) => void): Promise<void> {
    const { port, tls } = this.#options;
    const isAny = port === 0 || tls?.port === 0;
    for (let attempt = 1; ; attempt++) {
      const failures = await this.follow(addresses);
      const fatal = this.#fatal(port === undefined ? 'tls' : 'plain', failures, isAny);
      if (fatal === undefined) return failures.forEach(onSkipped);
      await this.#leaveAll();
      if (isAny && attempt < portAttemptsMax) continue;
      this.#isClosed = true;
      throw problemOf(fatal);
    }
  }

  /**
   * Listens at these addresses from now on, and no longer at others that were missing `missesMax` times in turn. The answer is
   * what fails that did not fail before.
   */
  async follow(addresses: readonly string[]): Promise<readonly ListenFailure[]> {
    const { port, tls } = this.#options;
    const failures: ListenFailure[] = [];
    this.#leaveMissing(addresses);
    for (const kind of ['plain', 'tls'] as const) {
      const wanted = kind === 'plain' ? port : tls?.port;
      if (wanted === undefined) continue;
      for (const ip of addresses) {
        if (this.#isClosed || this.#places[kind].has(ip)) continue;
        const failure = await this.#listen(kind, ip, this.#portOf(kind) ?? wanted);
        if (failure !== undefined) failures.push(failure);
      }
    }
    for (const [key, { ip }] of this.#failures) if (!addresses.includes(ip)) this.#failures.delete(key);
    return failures;
  }

  find(listener: ListenerId): DatagramSocket | undefined {
    return this.#sockets.get(listener);
  }

  /** From the next handshake on; throws for one that is none, and the old one stays. */
  setCertificate(certificate: TurnCertificate): void {
    createSecureContext({ ...tlsOptions, ...certificate });
    this.#certificate = certificate;
    for (const { server } of this.#places.tls.values()) {
      if ('setSecureContext' in server) server.setSecureContext({ ...tlsOptions, ...certificate });
    }
  }

  /** No new clients; connections that are there go on until they are closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#leaveAll();
  }

  #fatal(kind: PlaceKind, failures: readonly ListenFailure[], isAny: boolean): ListenFailure | undefined {
    const heard = [...this.#places[kind].keys()];
    if (heard.length === 0) return failures[0];
    const setting = settings[kind];
    const taken = failures.filter(({ code }) => code === 'EADDRINUSE');
    const outward = taken.find((failure) => failure.setting === setting && !isLoopback(failure.ip));
    // Many programs take 0.0.0.0 alone: at ::1 we would be heard, and everybody would be sent to them.
    if (outward !== undefined && heard.every(isLoopback)) return outward;
    return isAny ? taken[0] : undefined;
  }

  #portOf(kind: PlaceKind): number | undefined {
    for (const { port } of this.#places[kind].values()) return port;
    return undefined;
  }

  /** What fails and was not told yet. */
  async #listen(kind: PlaceKind, ip: string, wanted: number): Promise<ListenFailure | undefined> {
    const key = `${kind} ${ip}`;
    const place =
      kind === 'plain' ? await this.#openPlain(ip, wanted) : await this.#openServer(this.#tlsServer(), ip, wanted);
    if (this.#isClosed) {
      if (typeof place === 'object') await this.#closePlace(place);
      return undefined;
    }
    if (typeof place === 'object') {
      this.#places[kind].set(ip, place);
      this.#failures.delete(key);
      return undefined;
    }
    const failure = { ip, port: wanted, setting: settings[kind], code: place } as const;
    const isTold = this.#failures.get(key)?.code === place;
    this.#failures.set(key, failure);
    return isTold ? undefined : failure;
  }

  /** UDP and TCP at one port, or the system's word for why not. */
  async #openPlain(ip: string, wanted: number): Promise<Place | string> {
    const { sockets, onDatagram, admit, onConnection } = this.#options;
    const listener = this.#nextListener++;
    const onPacket = (remote: TransportAddress, bytes: Uint8Array): void => onDatagram(listener, remote, bytes);
    const socket = sockets.bind({ ip, port: wanted, onPacket });
    if (!('send' in socket)) return socket.code ?? socket.message;
    const server = createServer(socketOptions, (connection) => {
      if (admit(connection)) onConnection(connection, false);
    });
    const place = await this.#openServer(server, ip, socket.port);
    if (typeof place === 'string') {
      socket.close();
      return place;
    }
    this.#sockets.set(listener, socket);
    return { ...place, sockets: [socket] };
  }

  #tlsServer(): TlsServer {
    const { handshakeMax: handshakeTimeout = handshakeDefault, admit, onConnection } = this.#options;
    const options = { ...socketOptions, ...tlsOptions, handshakeTimeout, ...this.#certificate };
    const server = createTlsServer(options, (connection) => onConnection(connection, true));
    // Before the handshake, too: who never ends one has a place as well.
    server.on('connection', (socket: Socket) => void admit(socket));
    server.on('tlsClientError', (_error, socket) => void socket.destroy());
    return server;
  }

  #openServer(server: Server | TlsServer, ip: string, wanted: number): Promise<Place | string> {
    return new Promise((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      server.listen({ host: ip, port: wanted, ipv6Only: true, exclusive: true }, () => {
        server.removeAllListeners('error');
        server.on('error', () => {});
        const address = server.address();
        const port = typeof address === 'object' && address !== null ? address.port : wanted;
        resolve({ port, sockets: [], server });
      });
    });
  }

  #leaveMissing(addresses: readonly string[]): void {
    for (const ip of addresses) this.#misses.delete(ip);
    const listening = new Set([...this.#places.plain.keys(), ...this.#places.tls.keys()]);
    for (const ip of listening) {
      if (addresses.includes(ip)) continue;
      const misses = (this.#misses.get(ip) ?? 0) + 1;
      this.#misses.set(ip, misses);
      if (misses < missesMax) continue;
      this.#misses.delete(ip);
      void this.#leave('plain', ip);
      void this.#leave('tls', ip);
    }
  }

  async #leaveAll(): Promise<void> {
    const kinds = ['plain', 'tls'] as const;
    await Promise.all(kinds.flatMap((kind) => [...this.#places[kind].keys()].map((ip) => this.#leave(kind, ip))));
    this.#failures.clear();
  }

  #leave(kind: PlaceKind, ip: string): Promise<void> {
    const place = this.#places[kind].get(ip);
    this.#places[kind].delete(ip);
    return place === undefined ? Promise.resolve() : this.#closePlace(place);
  }

  #closePlace({ sockets, server }: Place): Promise<void> {
    for (const socket of sockets) socket.close();
    for (const [listener, socket] of this.#sockets) if (sockets.includes(socket)) this.#sockets.delete(listener);
    return new Promise((resolve) => void server.close(() => resolve()));
  }
}

function problemOf({ ip, port, setting, code }: ListenFailure): CodedError {
  if (code === 'EADDRNOTAVAIL') return noOwnAddress(ip, 'RIVERO_TURN_HOST');
  const message = `Port ${port} of ${ip} cannot be opened for TURN (${code}); set ${setting} to another port.`;
  return new CodedError('turn-port-taken', message, { ip, port, setting, code });
}
