import type { LeaveReason, Refusal, Track } from '@rivero/api';
import { CodedError, earliestOf, type MonotonicMs, type RandomBytes } from '@rivero/core';
import type { PeerState } from '@rivero/engine';
import { Farewells } from './farewells.ts';
import { appointHost, hasNoHost, isHostToken, renewHostToken } from './hosts.ts';
import { type ParticipantConnection, RoomParticipant } from './participant.ts';
import { randomToken } from './random-token.ts';
import { forgetTrack, setReceived } from './reception.ts';
import { Room } from './room.ts';
import { forgetParticipant, setSent } from './sending.ts';
import { tellSpeakers } from './speakers.ts';

/** Rooms of one server. */
export const roomsMax = 10_000;

/** Random bytes of a participant's name, of the secret that resumes it, and of that which makes hosts. */
const participantIdBytes = 9;
const resumeTokenBytes = 24;
const hostTokenBytes = 24;

const offerMissing = { code: 'offer-missing', message: 'You joined and made no offer; join again.' };

/** A participant with the room it is in: what a connection holds on to. */
export interface Seat {
  readonly room: Room;
  readonly participant: RoomParticipant;
}

/** Who enters which room, and by what connection it is told what happens there. */
export interface JoinOptions {
  readonly roomId: string;
  readonly name: string;
  /** With the room's own one is a host; any other is of no account. */
  readonly hostToken?: string | undefined;
  /** False: its protocol has no words for what hosts do, so it is none. Left out: it can. */
  readonly canHost?: boolean;
  readonly connection: ParticipantConnection;
  readonly now: MonotonicMs;
}

export interface RoomRegistryOptions {
  readonly roomCapacity: number;
  readonly random: RandomBytes;
  /** The participants of that room, or their tracks, are others now. */
  readonly onChange: (room: Room) => void;
}

/**
 * Who is in which room, since when somebody is away, and who publishes what. Told requests and time, it tells the
 * participants; it knows nothing of sockets and media. Every operation is done when it returns, so events have one order.
 */
export class RoomRegistry {
  readonly #options: RoomRegistryOptions;
  readonly #rooms = new Map<string, Room>();
  /** By the secret that resumes. */
  readonly #seats = new Map<string, Seat>();
  readonly #farewells = new Farewells();

  constructor(options: RoomRegistryOptions) {
    this.#options = options;
  }

  get rooms(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  room(roomId: string): Room | undefined {
    return this.#rooms.get(roomId);
  }

  statistics(): { readonly rooms: number; readonly participants: number; readonly away: number } {
    const away = [...this.#seats.values()].filter(({ participant }) => participant.awayAt !== undefined).length;
    return { rooms: this.#rooms.size, participants: this.#seats.size, away };
  }

  /**
   * Enters a room, which is made when nobody is in it; who finds no host in it is one. Refused: `room-full`, `room-locked`,
   * `server-full`.
   */
  join({ roomId, name, hostToken, canHost = true, connection, now }: JoinOptions): Seat {
    const room = this.#rooms.get(roomId) ?? new Room(roomId, this.#secret(hostTokenBytes));
    const { roomCapacity } = this.#options;
    const hasToken = isHostToken(room, hostToken);
    const isHost = canHost && (hasToken || hasNoHost(room));
    if (room.isLocked && !hasToken) {
      throw new CodedError('room-locked', 'The room is locked; ask somebody who is in it to let you in.');
    }
    if (room.participants.size >= roomCapacity) {
      throw new CodedError(
        'room-full',
        `The room is full: it holds ${roomCapacity}. Try again when somebody has left.`,
      );
    }
    if (room.participants.size === 0 && this.#rooms.size >= roomsMax) {
      throw new CodedError('server-full', 'This server has as many rooms as it can hold; try again later.');
    }
    const participant = new RoomParticipant({
      id: this.#secret(participantIdBytes),
      name,
      resumeToken: this.#secret(resumeTokenBytes),
      joinedAt: now,
      role: isHost ? 'host' : 'guest',
      canHost,
    });
    participant.connection = connection;
    const seat = { room, participant };
    this.#rooms.set(roomId, room);
    room.participants.set(participant.id, participant);
    this.#seats.set(participant.resumeToken, seat);
    room.tell(participant, 'participant-joined', { participant: participant.describe() });
    this.#options.onChange(room);
    return seat;
  }

  /**
   * Takes up a participant with a new connection; the one before is forgotten. Refused: `resume-expired`, and with what
   * {@link expel} and {@link endRoom} were told.
   */
  resume(resumeToken: string, connection: ParticipantConnection): Seat {
    const seat = this.#seats.get(resumeToken);
    if (seat === undefined) {
      const farewell = this.#farewells.reasonOf(resumeToken);
      if (farewell !== undefined) throw new CodedError(farewell.code, farewell.message);
      throw new CodedError('resume-expired', 'You were away for too long; join the room again.');
    }
    const { room, participant } = seat;
    const before = participant.connection;
    participant.connection = connection;
    if (before !== undefined && before !== connection) before.replaced();
    if (participant.awayAt !== undefined) {
      participant.awayAt = undefined;
      room.tell(participant, 'participant-away', { participantId: participant.id, away: false });
    }
    return seat;
  }

  /** Does nothing for somebody who has left before. When the last host leaves, somebody else becomes one. */
  leave({ room, participant }: Seat, reason: LeaveReason): void {
    if (!room.has(participant)) return;
    room.participants.delete(participant.id);
    this.#seats.delete(participant.resumeToken);
    participant.connection = undefined;
    if (participant.tracks.size > 0) room.tracksVersion += 1;
    for (const trackId of participant.tracks.keys()) forgetTrack(room, trackId);
    forgetParticipant(room, participant.id);
    if (room.participants.size === 0) this.#rooms.delete(room.id);
    room.tell(undefined, 'participant-left', { participantId: participant.id, reason });
    appointHost(room);
    tellSpeakers(room);
    this.#options.onChange(room);
  }

  /** Ends somebody's stay for that reason. Whoever it is may know the room's secret, which is another one from now on. */
  expel(seat: Seat, reason: Refusal): void {
    const { room, participant } = seat;
    this.#farewells.add(participant.resumeToken, reason);
    participant.connection?.send('room-closed', reason);
    this.leave(seat, 'removed');
    renewHostToken(room, this.#secret(hostTokenBytes));
  }

  /** Ends a room for that reason; everybody is told, but for the participant who asked for it. */
  endRoom({ room, participant }: Seat, reason: Refusal): void {
    room.tell(participant, 'room-closed', reason);
    for (const other of room.participants.values()) {
      this.#farewells.add(other.resumeToken, reason);
      this.#seats.delete(other.resumeToken);
      other.connection = undefined;
    }
    this.#rooms.delete(room.id);
    room.participants.clear();
    this.#options.onChange(room);
  }

  /** The connection is lost; the participant may come back by another. */
  handleDisconnect({ room, participant }: Seat, connection: ParticipantConnection, now: MonotonicMs): void {
    if (participant.connection !== connection || !room.has(participant)) return;
    participant.connection = undefined;
    participant.awayAt = now;
    room.tell(participant, 'participant-away', { participantId: participant.id, away: true });
  }

  /** All tracks that the participant publishes from now on. */
  setTracks({ room, participant }: Seat, tracks: readonly Track[]): void {
    const participantId = participant.id;
    const next = new Map(tracks.map((track) => [track.trackId, track]));
    for (const trackId of participant.tracks.keys()) {
      if (next.has(trackId)) continue;
      participant.tracks.delete(trackId);
      forgetTrack(room, trackId);
      room.tracksVersion += 1;
      room.tell(participant, 'track-unpublished', { participantId, trackId });
    }
    for (const [trackId, track] of next) {
      const before = participant.tracks.get(trackId);
      participant.tracks.set(trackId, track);
      if (before === undefined) {
        room.tracksVersion += 1;
        room.tell(participant, 'track-published', { participantId, track });
      } else if (before.muted !== track.muted) {
        this.#tellMuted(room, participant, track);
      }
    }
    tellSpeakers(room);
    this.#options.onChange(room);
  }

  /** Refused: `not-in-room`, `track-unknown`. */
  setMuted({ room, participant }: Seat, trackId: string, muted: boolean): void {
    room.assertHas(participant);
    const before = participant.tracks.get(trackId);
    if (before === undefined) throw new CodedError('track-unknown', 'You publish no such track.', { trackId });
    if (before.muted === muted) return;
    const track = { ...before, muted };
    participant.tracks.set(trackId, track);
    this.#tellMuted(room, participant, track);
  }

  /** Whether the participant is to be sent a track of somebody else. Refused: `not-in-room`, `track-unknown`. */
  setReceived(seat: Seat, trackId: string, received: boolean): void {
    if (setReceived(seat, trackId, received)) this.#options.onChange(seat.room);
  }

  /** Whether anything of this participant is sent to that one. Refused: `not-in-room`, `participant-unknown`, for oneself. */
  setSent(seat: Seat, participantId: string, sent: boolean): void {
    if (setSent(seat, participantId, sent)) this.#options.onChange(seat.room);
  }

  /** Whose tracks have speech, the main speaker's first. */
  setSpeakers(room: Room, trackIds: readonly string[]): void {
    room.speakingTrackIds = trackIds;
    tellSpeakers(room);
  }

  /** `undefined`: it has no media association any more. */
  setMediaState({ participant }: Seat, state: PeerState | undefined): void {
    participant.mediaState = state;
  }

  /** An offer of this participant was answered. */
  handleNegotiated({ participant }: Seat): void {
    participant.hasNegotiated = true;
  }

  /** Removes those who were away for too long, or made no offer. */
  handleTimeout(now: MonotonicMs): void {
    for (const seat of this.#seats.values()) {
      const { participant } = seat;
      if (participant.deadline() > now) continue;
      participant.connection?.send('room-closed', offerMissing);
      this.leave(seat, participant.awayAt === undefined ? 'removed' : 'lost');
    }
  }

  deadline(): MonotonicMs {
    return earliestOf(this.rooms.map((room) => room.deadline()));
  }

  /** Ends all rooms; everybody is told why. */
  close(reason: Refusal): void {
    const rooms = this.rooms;
    this.#rooms.clear();
    this.#seats.clear();
    for (const room of rooms) {
      room.tell(undefined, 'room-closed', reason);
      room.participants.clear();
      this.#options.onChange(room);
    }
  }

  #tellMuted(room: Room, participant: RoomParticipant, { trackId, muted }: Track): void {
    room.tell(participant, 'track-muted', { participantId: participant.id, trackId, muted });
  }

  #secret(bytes: number): string {
    return randomToken(this.#options.random, bytes);
  }
}
