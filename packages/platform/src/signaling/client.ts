import {
  type ClientEvents,
  emptyRequestSchema,
  joinRequestSchema,
  type ModerationRequests,
  negotiateRequestSchema,
  type Reply,
  resumeRequestSchema,
  type RoomSnapshot,
  type ServerEvents,
  setMutedRequestSchema,
  setReceivedRequestSchema,
  setSentRequestSchema,
} from '@rivero/api';
import { CodedError, elapsed, milliseconds, type MonotonicMs, type WallClockMs } from '@rivero/core';
import type { Socket } from 'socket.io';
import type { ParticipantConnection } from '../rooms/participant.ts';
import type { PlatformLog } from '../rooms/platform-log.ts';
import { refusalOf } from '../rooms/refusal-of.ts';
import type { Seat } from '../rooms/room-registry.ts';
import type { RoomService } from '../rooms/room-service.ts';
import { conversationRequests } from './conversation-requests.ts';
import type { SocketIceServers } from './ice-server-source.ts';
import { moderationRequests } from './moderation-requests.ts';
import { OutgoingBytes } from './outgoing-bytes.ts';
import { parseRequest, type RequestHandlers } from './request-handlers.ts';
import { RequestLimits } from './request-limits.ts';

type ClientSocket = Socket<ClientEvents, ServerEvents>;

/** Whoever has joined no room by then, or left it that long ago, is sent away. */
export const joinTimeout = milliseconds(30_000);

export interface ClientOptions {
  readonly socket: ClientSocket;
  readonly rooms: RoomService;
  readonly iceServers: SocketIceServers;
  readonly log: PlatformLog;
  readonly now: () => MonotonicMs;
  readonly wallNow: () => WallClockMs;
}

/** One client's socket: its requests become calls of the room service, each with one reply. */
export class Client implements ParticipantConnection {
  readonly #socket: ClientSocket;
  readonly #rooms: RoomService;
  readonly #iceServers: SocketIceServers;
  readonly #log: PlatformLog;
  readonly #now: () => MonotonicMs;
  readonly #wallNow: () => WallClockMs;
  readonly #limits: RequestLimits;
  readonly #outgoing: OutgoingBytes;
  #seat: Seat | undefined;
  /** It is being closed: it is told nothing, and what it asks is lost. */
  #isClosing = false;
  /** When it was last seen in a room; at first, when it came. */
  #seatedAt: MonotonicMs;

  constructor({ socket, rooms, iceServers, log, now, wallNow }: ClientOptions) {
    this.#socket = socket;
    this.#rooms = rooms;
    this.#iceServers = iceServers;
    this.#log = log;
    this.#now = now;
    this.#wallNow = wallNow;
    this.#limits = new RequestLimits(now());
    this.#seatedAt = now();
    this.#outgoing = new OutgoingBytes(socket.conn);
    this.#listen();
  }

  send<Name extends keyof ServerEvents>(event: Name, ...args: Parameters<ServerEvents[Name]>): void {
    if (this.#canTake()) this.#socket.emit(event, ...args);
  }

  replaced(): void {
    this.#socket.disconnect(true);
  }

  /** Looks whether it still has something to do here. */
  handleTimeout(now: MonotonicMs): void {
    if (this.#isSeated()) this.#seatedAt = now;
    else if (!this.#isClosing && elapsed(this.#seatedAt, now) >= joinTimeout) this.#close('it is in no room');
  }

  #listen(): void {
    const socket = this.#socket;
    const handlers: RequestHandlers = {
      ...this.#stayRequests(),
      ...conversationRequests({ rooms: this.#rooms, seat: () => this.#mySeat(), wallNow: this.#wallNow }),
      ...moderationRequests({ rooms: this.#rooms, seat: () => this.#mySeat(), now: this.#now }),
    };
    for (const name of Object.keys(handlers) as (keyof RequestHandlers)[]) {
      socket.on(name, (request: unknown, reply: unknown) =>
        this.#answer<unknown>(name, reply, () => handlers[name](request)),
      );
    }
    socket.on('disconnect', () => {
      if (this.#seat !== undefined) this.#rooms.handleDisconnect(this.#seat, this, this.#now());
      // A socket can say good-bye and keep its connection, which nobody looks at any more.
      socket.conn.close();
    });
  }

  #stayRequests(): Omit<RequestHandlers, keyof ModerationRequests | 'send-chat' | 'react' | 'set-hand'> {
    return {
      join: (request) => {
        this.#assertNoSeat();
        const { room: roomId, name, hostToken } = parseRequest(joinRequestSchema, request);
        return this.#take(this.#rooms.join({ roomId, name, hostToken, connection: this, now: this.#now() }));
      },
      resume: (request) => {
        const { resumeToken } = parseRequest(resumeRequestSchema, request);
        if (this.#seat?.participant.resumeToken !== resumeToken) this.#assertNoSeat();
        return this.#take(this.#rooms.resume(resumeToken, this));
      },
      negotiate: (request) => this.#rooms.negotiate(this.#mySeat(), parseRequest(negotiateRequestSchema, request)),
      'set-muted': (request) => {
        const seat = this.#mySeat();
        const { trackId, muted } = parseRequest(setMutedRequestSchema, request);
        this.#rooms.setMuted(seat, trackId, muted);
        return null;
      },
      'set-received': (request) => {
        const seat = this.#mySeat();
        const { trackId, received } = parseRequest(setReceivedRequestSchema, request);
        this.#rooms.setReceived(seat, trackId, received);
        return null;
      },
      'set-sent': (request) => {
        const seat = this.#mySeat();
        const { participantId, sent } = parseRequest(setSentRequestSchema, request);
        this.#rooms.setSent(seat, participantId, sent);
        return null;
      },
      'ice-servers': (request) => {
        parseRequest(emptyRequestSchema, request);
        return this.#iceServers(this.#isSeated() ? this.#seat?.participant.id : undefined);
      },
      leave: (request) => {
        const seat = this.#mySeat();
        parseRequest(emptyRequestSchema, request);
        this.#rooms.leave(seat, 'left');
        this.#seat = undefined;
        return null;
      },
    };
  }

  #take(seat: Seat): RoomSnapshot {
    this.#seat = seat;
    return { ...this.#rooms.snapshot(seat), ice: this.#iceServers(seat.participant.id) };
  }

  #isSeated(): boolean {
    return this.#seat?.room.has(this.#seat.participant) === true;
  }

  #mySeat(): Seat {
    if (this.#seat === undefined) throw new CodedError('not-in-room', 'Join a room first.');
    return this.#seat;
  }

  /** Whoever sat down elsewhere would leave the first seat occupied for ever. */
  #assertNoSeat(): void {
    if (this.#isSeated()) {
      throw new CodedError('already-joined', 'This connection is in a room; leave it first.');
    }
  }

  /** A client that does not read what it is told is not told more. */
  #canTake(): boolean {
    if (!this.#isClosing && this.#outgoing.isTooMuch) this.#close('it does not read what it is told');
    return !this.#isClosing;
  }

  /** Soon, and not in the middle of what the others are being told; what waits for it is thrown away. */
  #close(why: string): void {
    this.#isClosing = true;
    this.#log.debug(`Closing the socket ${this.#socket.id}: ${why}.`);
    setImmediate(() => this.#socket.conn.close(true));
  }

  /** What needs no waiting is answered before anything else is told, so that answers and events have one order. */
  #answer<Value>(name: keyof ClientEvents, reply: unknown, operation: () => Value | Promise<Value>): void {
    if (this.#isClosing) return;
    const verdict = this.#limits.judge(name, this.#now());
    if (verdict === 'closed') return this.#close('it asks too much, and goes on');
    // Whoever sends no callback gets no answer, and nothing is done.
    if (typeof reply !== 'function') return;
    const send = (answer: Reply<Value>): void => {
      if (this.#canTake()) reply(answer);
    };
    if (verdict === 'refused') {
      return send({ ok: false, error: { code: 'rate-limited', message: 'Too many requests; wait a second.' } });
    }
    const refuse = (error: unknown): void => send({ ok: false, error: refusalOf(error, this.#log) });
    try {
      const value = operation();
      if (value instanceof Promise) value.then((result: Value) => send({ ok: true, value: result }), refuse);
      else send({ ok: true, value });
    } catch (error) {
      refuse(error);
    }
  }
}
