import { randomBytes, randomUUID } from 'node:crypto';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientEvents, messageBytesMax, type ServerEvents, signalingPath } from '@rivero/api';
import { type MonotonicMs, monotonicMs, wallClockMs } from '@rivero/core';
import type { EndpointEngine, MediaEngine } from '@rivero/engine';
import { Server, type Socket } from 'socket.io';
import { groupPath, GroupProtocol } from '../group/group-protocol.ts';
import { p2pPath, P2pProtocol } from '../p2p/p2p-protocol.ts';
import type { PlatformLog } from '../rooms/platform-log.ts';
import { type PlatformStatistics, RoomService } from '../rooms/room-service.ts';
import { TextSockets } from '../text-sockets/text-sockets.ts';
import { clientNetwork } from './client-network.ts';
import { Client, joinTimeout } from './client.ts';
import { type IceServerSource, type SocketIceServers, socketIceServers } from './ice-server-source.ts';
import { askedHost, isOwnOrigin, type OriginRules } from './origin.ts';
import { NetworkPlaces } from './network-places.ts';

export interface SignalingOptions extends OriginRules {
  readonly servers: readonly (HttpServer | HttpsServer)[];
  readonly engine: MediaEngine & EndpointEngine;
  readonly log: PlatformLog;
  readonly roomCapacity: number;
  /** STUN and TURN servers for clients. */
  readonly iceServers: IceServerSource;
  /** Sockets that one address may open, or one IPv6 network of 64 bits. */
  readonly socketsPerAddress: number;
  /** Believes what a proxy writes into `X-Forwarded-For` and `X-Forwarded-Host`. */
  readonly trustProxy: boolean;
  /** Origins of web pages of elsewhere that may speak the protocols of existing clients (`/ws/…`). */
  readonly foreignOrigins: readonly string[];
  /** Left out: that of this process. */
  readonly now?: () => MonotonicMs;
}

/** The signaling that was opened; `stop` tells everybody, and resolves when sockets and rooms are closed. */
export interface Signaling {
  statistics(): PlatformStatistics;
  stop(): Promise<void>;
}

/** A peer that answers no ping for that long is gone: 5 + 6 s. */
const pingIntervalMs = 5_000;
const pingTimeoutMs = 6_000;

/** What sockets are told last is given that long to go out when the server stops; a look at them every 10 ms. */
const goodByeMs = 500;
const goodByeLookMs = 10;

/** Opens the signaling on the given web servers. */
export function createSignaling(options: SignalingOptions): Signaling {
  const {
    servers,
    engine,
    log,
    roomCapacity,
    trustProxy,
    iceServers: source,
    now = () => monotonicMs(performance.now()),
  } = options;
  const rooms = new RoomService({
    engine,
    log,
    roomCapacity,
    hasRelay: source.hasRelay,
    random: (length) => new Uint8Array(randomBytes(length)),
  });
  const places = new NetworkPlaces(options.socketsPerAddress);
  const networkOf = (request: IncomingMessage): string | undefined => clientNetwork(request, trustProxy);
  const iceServersOf = (request: IncomingMessage): SocketIceServers =>
    socketIceServers(request, { source, trustProxy, socketName: `socket-${randomUUID()}` });
  const io = new Server<ClientEvents, ServerEvents>({
    path: signalingPath,
    serveClient: false,
    maxHttpBufferSize: messageBytesMax,
    pingInterval: pingIntervalMs,
    pingTimeout: pingTimeoutMs,
    connectTimeout: joinTimeout,
    allowRequest: (request, decide) => {
      const refuse = (why: string): void => {
        const asked = JSON.stringify({ host: askedHost(request, trustProxy), origin: request.headers.origin });
        log.debug(`A socket was refused (${why}): ${asked}`);
        decide(why, false);
      };
      if (!isOwnOrigin(request, options)) refuse('origin refused');
      else if (places.isFull(networkOf(request))) refuse('too many sockets');
      else decide(null, true);
    },
  });
  // Each server gets an engine of its own.
  const engines = servers.map((server) => {
    io.attach(server);
    return io.engine;
  });
  for (const each of engines) {
    each.on('connection', (connection: Socket['conn']) => {
      const network = networkOf(connection.request);
      // It was allowed, and so were others at the same time.
      if (places.isFull(network)) return connection.close(true);
      places.take(network);
      connection.once('close', () => places.free(network));
    });
  }
  const p2p = new P2pProtocol({ log, now });
  const group = new GroupProtocol({ rooms, log, now });
  const textSockets = new TextSockets({
    servers,
    paths: { [p2pPath]: p2p, [groupPath]: group },
    otherPath: `${signalingPath}/`,
    refusalOf: (request) => {
      const { origin } = request.headers;
      const isForeign = origin !== undefined && options.foreignOrigins.includes(origin);
      if (!isForeign && !isOwnOrigin(request, options)) {
        return 'Pages of this origin may not connect; name it in RIVERO_SIGNALING_ORIGINS.';
      }
      return places.isFull(networkOf(request)) ? 'Too many sockets from your network.' : undefined;
    },
    onOpen: (request) => {
      const network = networkOf(request);
      places.take(network);
      return () => places.free(network);
    },
    iceServersOf,
    now,
  });
  const clients = new Set<Client>();
  io.on('connection', (socket) => {
    const iceServers = iceServersOf(socket.request);
    const client = new Client({ socket, rooms, iceServers, log, now, wallNow: () => wallClockMs(Date.now()) });
    clients.add(client);
    socket.once('disconnect', () => clients.delete(client));
  });
  // Deadlines are whole seconds: a look every half second is exact enough and costs nothing.
  const timer = setInterval(() => {
    if (rooms.deadline() <= now()) rooms.handleTimeout(now());
    for (const client of clients) client.handleTimeout(now());
    p2p.handleTimeout();
    group.handleTimeout();
  }, 500);
  return {
    statistics: () => rooms.statistics(),
    stop: async () => {
      clearInterval(timer);
      const closed = rooms.close();
      textSockets.stop();
      await closed;
      io.disconnectSockets(true);
      const end = performance.now() + goodByeMs;
      const isHeard = (): boolean => engines.every(({ clientsCount }) => clientsCount === 0);
      while (!isHeard() && performance.now() < end) await sleep(goodByeLookMs);
      // The web servers are not ours to close; new sockets are refused by disconnecting the engines.
      for (const each of engines) each.close();
    },
  };
}
