import { randomBytes } from 'node:crypto';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClientEvents,
  joinRequestSchema,
  messageBytesMax,
  negotiateRequestSchema,
  type Refusal,
  type Reply,
  resumeRequestSchema,
  type RoomSnapshot,
  type ServerEvents,
  setMutedRequestSchema,
  signalingPath,
} from '@rivero/api';
import { CodedError, type MonotonicMs, monotonicMs } from '@rivero/core';
import type { MediaEngine } from '@rivero/engine';
import { Server, type Socket } from 'socket.io';
import type { ParticipantConnection } from '../rooms/participant.ts';
import type { PlatformLog } from '../rooms/room-media.ts';
import type { Seat } from '../rooms/room-registry.ts';
import { type PlatformStatistics, RoomService } from '../rooms/room-service.ts';
import { RateLimiter } from './rate-limiter.ts';

export interface SignalingOptions {
  readonly servers: readonly (HttpServer | HttpsServer)[];
  readonly engine: MediaEngine;
  readonly log: PlatformLog;
  readonly roomCapacity: number;
}

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

type ClientSocket = Socket<ClientEvents, ServerEvents>;

interface Schema<Value> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: Value }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[];
        };
      };
}

function now(): MonotonicMs {
  return monotonicMs(performance.now());
}

/** Pages of other origins may not open sockets in the name of who visits them; clients that are no browsers may. */
function isSameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  const forwarded = request.headers['x-forwarded-host'];
  const asked = URL.canParse(origin) ? new URL(origin).host : '';
  return asked === host || asked === forwarded;
}

function parse<Value>(schema: Schema<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new CodedError(
    'request-malformed',
    `The request is malformed: ${where === '' ? 'it' : where}: ${issue?.message ?? ''}`,
  );
}

/** One client's socket: its requests become calls of the room service, each with one reply. */
class Client implements ParticipantConnection {
  readonly #socket: ClientSocket;
  readonly #rooms: RoomService;
  readonly #log: PlatformLog;
  readonly #limiter = new RateLimiter(now());
  #seat: Seat | undefined;

  constructor(socket: ClientSocket, rooms: RoomService, log: PlatformLog) {
    this.#socket = socket;
    this.#rooms = rooms;
    this.#log = log;
    this.#listen();
  }

  send<Name extends keyof ServerEvents>(event: Name, ...args: Parameters<ServerEvents[Name]>): void {
    this.#socket.emit(event, ...args);
  }

  replaced(): void {
    this.#socket.disconnect(true);
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('join', (request, reply) =>
      this.#answer(reply, () => {
        const { room: roomId, name } = parse(joinRequestSchema, request);
        this.#assertNoSeat();
        return this.#take(this.#rooms.join({ roomId, name, connection: this }));
      }),
    );
    socket.on('resume', (request, reply) =>
      this.#answer(reply, () => {
        const { resumeToken } = parse(resumeRequestSchema, request);
        if (this.#seat?.participant.resumeToken !== resumeToken) this.#assertNoSeat();
        return this.#take(this.#rooms.resume(resumeToken, this));
      }),
    );
    socket.on('negotiate', (request, reply) =>
      this.#answer(reply, () => this.#rooms.negotiate(this.#mySeat(), parse(negotiateRequestSchema, request))),
    );
    socket.on('set-muted', (request, reply) =>
      this.#answer(reply, () => {
        const { trackId, muted } = parse(setMutedRequestSchema, request);
        this.#rooms.setMuted(this.#mySeat(), trackId, muted);
        return null;
      }),
    );
    socket.on('leave', (_request, reply) =>
      this.#answer(reply, () => {
        this.#rooms.leave(this.#mySeat(), 'left');
        this.#seat = undefined;
        return null;
      }),
    );
    socket.on('disconnect', () => {
      if (this.#seat !== undefined) this.#rooms.handleDisconnect(this.#seat, this, now());
    });
  }

  #take(seat: Seat): RoomSnapshot {
    this.#seat = seat;
    return this.#rooms.snapshot(seat);
  }

  #mySeat(): Seat {
    if (this.#seat === undefined) throw new CodedError('not-in-room', 'Join a room first.');
    return this.#seat;
  }

  /** Whoever sat down elsewhere would leave the first seat occupied for ever. */
  #assertNoSeat(): void {
    if (this.#seat?.room.has(this.#seat.participant) === true) {
      throw new CodedError('already-joined', 'This connection is in a room; leave it first.');
    }
  }

  /** What needs no waiting is answered before anything else is told, so that answers and events have one order. */
  #answer<Value>(reply: unknown, operation: () => Value | Promise<Value>): void {
    // Whoever sends no callback gets no answer, and nothing is done.
    if (typeof reply !== 'function') return;
    const send = (answer: Reply<Value>): void => void reply(answer);
    if (!this.#limiter.allows(now())) {
      return send({ ok: false, error: { code: 'rate-limited', message: 'Too many requests; wait a second.' } });
    }
    const refuse = (error: unknown): void => send({ ok: false, error: this.#refusalOf(error) });
    try {
      const value = operation();
      if (value instanceof Promise) value.then((result: Value) => send({ ok: true, value: result }), refuse);
      else send({ ok: true, value });
    } catch (error) {
      refuse(error);
    }
  }

  #refusalOf(error: unknown): Refusal {
    if (error instanceof CodedError) return { code: error.code, message: error.message };
    this.#log.error(`A request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return { code: 'internal', message: 'The server failed at this; its log has more.' };
  }
}

/** Opens the signaling on the given web servers. */
export function createSignaling(options: SignalingOptions): Signaling {
  const { servers, engine, log, roomCapacity } = options;
  const rooms = new RoomService({
    engine,
    log,
    roomCapacity,
    random: (length) => new Uint8Array(randomBytes(length)),
  });
  const io = new Server<ClientEvents, ServerEvents>({
    path: signalingPath,
    serveClient: false,
    maxHttpBufferSize: messageBytesMax,
    pingInterval: pingIntervalMs,
    pingTimeout: pingTimeoutMs,
    allowRequest: (request, decide) => {
      if (isSameOrigin(request)) decide(null, true);
      else decide('origin refused', false);
    },
  });
  for (const server of servers) io.attach(server);
  io.on('connection', (socket) => void new Client(socket, rooms, log));
  // Deadlines are whole seconds: a look every half second is exact enough and costs nothing.
  const timer = setInterval(() => {
    if (rooms.deadline() <= now()) rooms.handleTimeout(now());
  }, 500);
  return {
    statistics: () => rooms.statistics(),
    stop: async () => {
      clearInterval(timer);
      await rooms.close();
      io.disconnectSockets(true);
      const end = performance.now() + goodByeMs;
      while (io.engine.clientsCount > 0 && performance.now() < end) await sleep(goodByeLookMs);
      // The web servers are not ours to close; new sockets are refused by disconnecting the engine.
      io.engine.close();
    },
  };
}
