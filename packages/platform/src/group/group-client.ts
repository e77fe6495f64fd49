import {
  type GroupCursor,
  type GroupMessage,
  type GroupRequest,
  groupRequestSchema,
  type GroupUser,
  type Refusal,
  type ServerEvents,
} from '@rivero/api';
import { CodedError, type MonotonicMs } from '@rivero/core';
import type { EndpointDescription } from '../rooms/client-endpoint.ts';
import type { EndpointListener } from '../rooms/endpoint-listener.ts';
import type { ParticipantConnection } from '../rooms/participant.ts';
import type { PlatformLog } from '../rooms/platform-log.ts';
import { refusalOf } from '../rooms/refusal-of.ts';
import type { Seat } from '../rooms/room-registry.ts';
import type { RoomService } from '../rooms/room-service.ts';
import type { SocketIceServers } from '../signaling/ice-server-source.ts';
import { parseRequest } from '../signaling/request-handlers.ts';
import type { TextSocket, TextSocketHandlers } from '../text-sockets/text-sockets.ts';
import { Cursor } from './cursor.ts';
import { GroupLimits } from './group-limits.ts';

export interface GroupClientOptions {
  readonly socket: TextSocket;
  readonly iceServers: SocketIceServers;
  readonly rooms: RoomService;
  readonly log: PlatformLog;
  readonly now: () => MonotonicMs;
}

type Told = { readonly [Name in keyof ServerEvents]?: (...args: Parameters<ServerEvents[Name]>) => void };

const mediaLost = {
  code: 'media-worker-lost',
  message: 'The media server was restarted; offer your stream again, and request those of the others.',
};

/** One client of the group protocol: a participant like any other, told in the words of that protocol. */
export class GroupClient implements ParticipantConnection, EndpointListener, TextSocketHandlers {
  readonly endpoints: EndpointListener = this;
  readonly #socket: TextSocket;
  readonly #iceServers: SocketIceServers;
  readonly #rooms: RoomService;
  readonly #log: PlatformLog;
  readonly #now: () => MonotonicMs;
  readonly #limits: GroupLimits;
  readonly #cursor: Cursor;
  /** The others in the room, as it was told. */
  readonly #others = new Map<string, GroupUser>();
  #seat: Seat | undefined;

  constructor({ socket, iceServers, rooms, log, now }: GroupClientOptions) {
    this.#socket = socket;
    this.#iceServers = iceServers;
    this.#rooms = rooms;
    this.#log = log;
    this.#now = now;
    this.#limits = new GroupLimits(now());
    this.#cursor = new Cursor((move) => this.#tellCursor(move), now());
  }

  onText(text: string): void {
    const refuse = (error: unknown): void => this.#refuse(error);
    try {
      this.#handle(text)?.catch(refuse);
    } catch (error) {
      refuse(error);
    }
  }

  onRefused({ code, message }: CodedError): void {
    this.#send({ id: 'error', code, message });
  }

  onClose(): void {
    if (this.#seat !== undefined) this.#leave(this.#seat);
  }

  handleTimeout(now: MonotonicMs): void {
    this.#cursor.handleTimeout(now);
  }

  send<Name extends keyof ServerEvents>(event: Name, ...args: Parameters<ServerEvents[Name]>): void {
    const tell: ((...args: Parameters<ServerEvents[Name]>) => void) | undefined = this.#told[event];
    tell?.(...args);
  }

  /** Nobody takes up a participant of this protocol by another connection. */
  replaced(): void {}

  viewOffered(participantId: string, { sdp, candidates }: EndpointDescription): void {
    const user = this.#others.get(participantId);
    if (user === undefined) return;
    this.#send({ id: 'offer', user, sdpOffer: sdp });
    this.#tellCandidates(user, candidates);
  }

  endpointFailed(participantId: string | undefined, { code, message }: Refusal): void {
    const user = participantId === undefined ? this.#self() : this.#others.get(participantId);
    if (user !== undefined) this.#send({ id: 'error', code, message, user });
  }

  /** Clients that do not know the code see everybody leave and join, and so request their streams anew. */
  endpointsLost(): void {
    this.#send({ id: 'error', ...mediaLost });
    for (const user of this.#others.values()) this.#send({ id: 'left', user });
    for (const user of this.#others.values()) this.#send({ id: 'joined', user });
  }

  readonly #told: Told = {
    'participant-joined': ({ participant: { participantId, name } }) => {
      const user = { name, session: participantId };
      this.#others.set(participantId, user);
      this.#send({ id: 'joined', user });
    },
    'participant-left': ({ participantId }) => {
      const user = this.#others.get(participantId);
      this.#others.delete(participantId);
      if (user !== undefined) this.#send({ id: 'left', user });
    },
    'room-closed': ({ code, message }) => {
      this.#forgetSeat();
      this.#send({ id: 'error', code, message });
    },
  };

  #handle(text: string): Promise<void> | void {
    const now = this.#now();
    if (!this.#limits.takeFrame(text, now)) throw tooMuch();
    const request = parseRequest(groupRequestSchema, parseJson(text));
    // A mouse moves on while its client is not in a room yet, or not any more.
    if (request.id === 'mouseMove') return this.#seat && this.#cursor.move(request, now);
    if (!this.#limits.takeRequest(request.id, now)) throw tooMuch();
    if (request.id === 'iceServers') {
      return this.#send({ id: 'ice-servers', ...this.#iceServers(this.#seat?.participant.id) });
    }
    return request.id === 'join' ? this.#join(request, now) : this.#handleInRoom(this.#mySeat(), request);
  }

  #handleInRoom(
    seat: Seat,
    request: Exclude<GroupRequest, { readonly id: 'join' | 'mouseMove' | 'iceServers' }>,
  ): Promise<void> | void {
    switch (request.id) {
      case 'requestStream':
        return this.#requestStreams(seat, request.sessions ?? undefined);
      case 'offer':
        return this.#publish(seat, request.sdpOffer);
      case 'answer':
        return this.#rooms.answerView(seat, request.user.session, request.sdpAnswer);
      case 'iceCandidate':
        if (request.candidate === '') return;
        return this.#rooms.addCandidate(seat, request.user.session, request.candidate);
      case 'leave':
        return this.#leave(seat);
    }
  }

  #join({ room: roomId, user }: Extract<GroupRequest, { readonly id: 'join' }>, now: MonotonicMs): void {
    if (this.#seat !== undefined) {
      throw new CodedError('already-joined', 'This connection is in a room; leave it first.');
    }
    const seat = this.#rooms.join({ roomId, name: user.name, canHost: false, connection: this, now });
    this.#seat = seat;
    for (const other of seat.room.participants.values()) {
      if (other !== seat.participant) this.#others.set(other.id, { name: other.name, session: other.id });
    }
    const self = userOf(seat);
    this.#send({ id: 'participants', user: self, self, participants: [...this.#others.values()] });
  }

  #requestStreams(seat: Seat, sessions: readonly string[] | undefined): void {
    this.#rooms.requestViews(seat, sessions ?? [...this.#others.keys()], this.#now());
    const unknown = sessions?.find((session) => !this.#others.has(session));
    if (unknown !== undefined) {
      throw new CodedError('participant-unknown', 'You asked for a stream of somebody who is not in the room.');
    }
  }

  async #publish(seat: Seat, offer: string): Promise<void> {
    const { sdp, candidates } = await this.#rooms.publish(seat, offer);
    const user = userOf(seat);
    this.#send({ id: 'answer', user, sdpAnswer: sdp });
    this.#tellCandidates(user, candidates);
  }

  #leave(seat: Seat): void {
    this.#forgetSeat();
    this.#rooms.leave(seat, 'left');
  }

  #forgetSeat(): void {
    this.#seat = undefined;
    this.#others.clear();
    this.#cursor.forget();
  }

  #mySeat(): Seat {
    if (this.#seat === undefined) throw new CodedError('not-in-room', 'Join a room first.');
    return this.#seat;
  }

  #self(): GroupUser | undefined {
    return this.#seat && userOf(this.#seat);
  }

  /** To the others who came by this protocol. */
  #tellCursor(move: GroupCursor): void {
    const seat = this.#seat;
    if (seat === undefined) return;
    const message = { ...move, id: 'mouse-move', user: userOf(seat) } as const;
    for (const { connection } of seat.room.participants.values()) {
      if (connection instanceof GroupClient && connection !== this) connection.#send(message);
    }
  }

  #tellCandidates(user: GroupUser, candidates: EndpointDescription['candidates']): void {
    for (const { candidate, mid, sectionIndex } of candidates) {
      const told = { candidate, sdpMid: mid, sdpMLineIndex: sectionIndex };
      this.#send({ id: 'ice-candidate', user, candidate: told });
    }
  }

  #refuse(error: unknown): void {
    const { code, message } = refusalOf(error, this.#log);
    this.#socket.refuse(new CodedError(code, message));
  }

  #send(message: GroupMessage): void {
    this.#socket.send(message);
  }
}

function userOf({ participant: { id, name } }: Seat): GroupUser {
  return { name, session: id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CodedError('request-malformed', 'A message must be one JSON object.');
  }
}

function tooMuch(): CodedError {
  return new CodedError('rate-limited', 'Too many messages; wait a moment.');
}
