import type {
  LeaveReason,
  NegotiateRequest,
  NegotiateResponse,
  RoomSnapshot,
  SectionsNeeded,
  Track,
} from '@rivero/api';
import { CodedError, earliest, type MonotonicMs, never, type RandomBytes } from '@rivero/core';
import type { EngineEvent, MediaEngine, PeerState, PublishedTrack } from '@rivero/engine';
import { type ParticipantConnection, RoomParticipant } from './participant.ts';
import { Room } from './room.ts';

/** Rooms of one server. */
export const roomsMax = 10_000;

export interface RoomServiceLog {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export interface RoomServiceOptions {
  readonly engine: MediaEngine;
  readonly log: RoomServiceLog;
  readonly roomCapacity: number;
  readonly random: RandomBytes;
  /** The monotonic clock. */
  readonly now: () => MonotonicMs;
}

/** A participant with the room it is in: what a connection holds on to. */
export interface Seat {
  readonly room: Room;
  readonly participant: RoomParticipant;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The rooms of this server: who is in them, what they publish, and that everybody receives everybody else. Operations of
 * one room run one after the other; what fails for one participant does not touch the others.
 */
export class RoomService {
  readonly #options: RoomServiceOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #seats = new Map<string, Seat>();

  constructor(options: RoomServiceOptions) {
    this.#options = options;
    options.engine.onEvent((event) => this.#handleEngineEvent(event));
  }

  /** How many rooms and participants there are. */
  sizes(): { readonly rooms: number; readonly participants: number } {
    return { rooms: this.#rooms.size, participants: this.#seats.size };
  }

  async join(
    roomId: string,
    name: string,
    connection: ParticipantConnection,
  ): Promise<{ readonly seat: Seat; readonly snapshot: RoomSnapshot }> {
    const room = this.#openRoom(roomId);
    return await room.queue.run(async () => {
      const { roomCapacity } = this.#options;
      if (room.participants.size >= roomCapacity) {
        throw new CodedError(
          'room-full',
          `The room is full: it holds ${roomCapacity}. Try again when somebody has left.`,
        );
      }
      const participant = new RoomParticipant({ id: this.#secret(9), name, resumeToken: this.#secret(24) });
      participant.connection = connection;
      const seat = { room, participant };
      this.#rooms.set(room.id, room);
      room.participants.set(participant.id, participant);
      this.#seats.set(participant.resumeToken, seat);
      try {
        const sectionsNeeded = await this.#openPeer(seat);
        room.tell(participant, 'participant-joined', { participant: participant.describe() });
        return { seat, snapshot: this.#snapshot(seat, sectionsNeeded) };
      } catch (error) {
        this.#forget(seat);
        await this.#closeIfEmpty(room);
        throw error;
      }
    });
  }

  /** Takes up a participant with a new connection; the one before is forgotten. */
  async resume(
    resumeToken: string,
    connection: ParticipantConnection,
  ): Promise<{ readonly seat: Seat; readonly snapshot: RoomSnapshot }> {
    const seat = this.#seats.get(resumeToken);
    if (seat === undefined) {
      throw new CodedError('resume-expired', 'You were away for too long; join the room again.');
    }
    const { room, participant } = seat;
    return await room.queue.run(async () => {
      if (!room.participants.has(participant.id)) {
        throw new CodedError('resume-expired', 'You were away for too long; join the room again.');
      }
      participant.connection = connection;
      if (participant.awayAt !== undefined) {
        participant.awayAt = undefined;
        room.tell(participant, 'participant-away', { participantId: participant.id, away: false });
      }
      const sectionsNeeded = await this.#subscribe(seat);
      return { seat, snapshot: this.#snapshot(seat, sectionsNeeded) };
    });
  }

  async negotiate(seat: Seat, request: NegotiateRequest): Promise<NegotiateResponse> {
    const { room, participant } = seat;
    return await room.queue.run(async () => {
      this.#assertPresent(seat);
      this.#assertOwnTracks(seat, request);
      if (participant.mediaState !== undefined && request.fresh && participant.hasNegotiated)
        await this.#closePeer(seat);
      if (participant.mediaState === undefined || !room.hasMedia) await this.#openPeer(seat);
      const { engine } = this.#options;
      const answer = await engine.negotiate(room.id, participant.id, { offer: request.offer, tracks: request.tracks });
      participant.hasNegotiated = true;
      this.#applyPublished(seat, request, answer.published);
      await this.#subscribeOthers(seat);
      return {
        ...answer,
        subscribed: answer.subscribed.flatMap(({ mid, trackId }) => {
          const publisher = room.publisherOf(trackId);
          return publisher === undefined ? [] : [{ mid, trackId, participantId: publisher.id }];
        }),
      };
    });
  }

  async setMuted(seat: Seat, trackId: string, muted: boolean): Promise<void> {
    const { room, participant } = seat;
    await room.queue.run(async () => {
      this.#assertPresent(seat);
      const track = participant.tracks.get(trackId);
      if (track === undefined) throw new CodedError('track-unknown', 'You publish no such track.', { trackId });
      participant.tracks.set(trackId, { ...track, muted });
      room.tell(participant, 'track-muted', { participantId: participant.id, trackId, muted });
    });
  }

  async leave(seat: Seat, reason: LeaveReason): Promise<void> {
    await seat.room.queue.run(() => this.#remove(seat, reason));
  }

  /** The connection is lost; the participant may come back by another. */
  handleDisconnect(seat: Seat, connection: ParticipantConnection): void {
    const { room, participant } = seat;
    if (participant.connection !== connection || !room.participants.has(participant.id)) return;
    participant.connection = undefined;
    participant.awayAt = this.#options.now();
    room.tell(participant, 'participant-away', { participantId: participant.id, away: true });
  }

  handleTimeout(now: MonotonicMs): void {
    for (const seat of this.#seats.values()) {
      if (seat.participant.deadline() > now) continue;
      this.leave(seat, 'lost').catch((error) => this.#options.log.warn(`removing a participant: ${textOf(error)}`));
    }
  }

  deadline(): MonotonicMs {
    return earliest(never, ...[...this.#rooms.values()].map((room) => room.deadline()));
  }

  /** Ends all rooms; everybody is told. */
  async close(): Promise<void> {
    const refusal = { code: 'server-stopping', message: 'The server is being restarted; join again in a moment.' };
    for (const room of this.#rooms.values()) room.tell(undefined, 'room-closed', refusal);
    await Promise.allSettled([...this.#seats.values()].map((seat) => this.leave(seat, 'removed')));
  }

  #openRoom(roomId: string): Room {
    const known = this.#rooms.get(roomId);
    if (known !== undefined) return known;
    if (this.#rooms.size >= roomsMax) {
      throw new CodedError('server-full', 'This server has as many rooms as it can hold; try again later.');
    }
    const room = new Room(roomId);
    this.#rooms.set(roomId, room);
    return room;
  }

  #secret(bytes: number): string {
    return Buffer.from(this.#options.random(bytes)).toString('base64url');
  }

  #snapshot({ room, participant }: Seat, sectionsNeeded: SectionsNeeded): RoomSnapshot {
    return {
      room: room.id,
      participantId: participant.id,
      resumeToken: participant.resumeToken,
      capacity: this.#options.roomCapacity,
      participants: [...room.participants.values()]
        .filter((other) => other !== participant)
        .map((other) => other.describe()),
      sectionsNeeded,
      hasMedia: participant.mediaState !== undefined && participant.hasNegotiated,
    };
  }

  #assertPresent({ room, participant }: Seat): void {
    if (!room.participants.has(participant.id)) {
      throw new CodedError('not-in-room', 'You are not in the room any more; join again.');
    }
  }

  /** Nobody publishes under a name that is somebody else's. */
  #assertOwnTracks({ room, participant }: Seat, { tracks }: NegotiateRequest): void {
    for (const { trackId } of tracks) {
      const publisher = room.publisherOf(trackId);
      if (publisher !== undefined && publisher !== participant) {
        throw new CodedError('track-exists', 'Somebody else publishes a track of this name.', { trackId });
      }
    }
  }

  async #openPeer(seat: Seat): Promise<SectionsNeeded> {
    const { engine } = this.#options;
    const { room, participant } = seat;
    if (!room.hasMedia) {
      await engine.openRoom(room.id);
      room.hasMedia = true;
    }
    await engine.openPeer(room.id, participant.id);
    participant.mediaState = 'connecting';
    participant.hasNegotiated = false;
    return await this.#subscribe(seat);
  }

  async #closePeer({ room, participant }: Seat): Promise<void> {
    if (participant.mediaState === undefined) return;
    participant.mediaState = undefined;
    await this.#options.engine.closePeer(room.id, participant.id).catch((error) => {
      this.#options.log.debug(`closing a peer: ${textOf(error)}`);
    });
  }

  async #subscribe({ room, participant }: Seat): Promise<SectionsNeeded> {
    if (participant.mediaState === undefined) return { offer: true, audio: 0, video: 0 };
    return await this.#options.engine.subscribe(room.id, participant.id, room.trackIdsFor(participant));
  }

  /** The tracks of the room changed: everybody else's subscriptions follow. */
  async #subscribeOthers(except: Seat): Promise<void> {
    const { room } = except;
    const others = [...room.participants.values()].filter(
      (other) => other !== except.participant && other.mediaState !== undefined,
    );
    await Promise.all(
      others.map(async (participant) => {
        try {
          const sectionsNeeded = await this.#subscribe({ room, participant });
          if (sectionsNeeded.offer && participant.hasNegotiated)
            participant.connection?.send('sections-needed', sectionsNeeded);
        } catch (error) {
          this.#options.log.warn(`subscribing a participant: ${textOf(error)}`);
        }
      }),
    );
  }

  /** What the offer published and what it no longer does. */
  #applyPublished(
    { room, participant }: Seat,
    { tracks }: NegotiateRequest,
    published: readonly PublishedTrack[],
  ): void {
    const participantId = participant.id;
    const now = new Map<string, Track>();
    for (const { trackId, kind } of published) {
      const offered = tracks.find((track) => track.trackId === trackId);
      if (offered !== undefined) now.set(trackId, { trackId, kind, source: offered.source, muted: offered.muted });
    }
    for (const trackId of participant.tracks.keys()) {
      if (now.has(trackId)) continue;
      participant.tracks.delete(trackId);
      room.tell(participant, 'track-unpublished', { participantId, trackId });
    }
    for (const [trackId, track] of now) {
      const before = participant.tracks.get(trackId);
      participant.tracks.set(trackId, track);
      if (before === undefined) room.tell(participant, 'track-published', { participantId, track });
      else if (before.muted !== track.muted)
        room.tell(participant, 'track-muted', { participantId, trackId, muted: track.muted });
    }
  }

  async #remove(seat: Seat, reason: LeaveReason): Promise<void> {
    const { room, participant } = seat;
    if (!room.participants.has(participant.id)) return;
    this.#forget(seat);
    room.tell(undefined, 'participant-left', { participantId: participant.id, reason });
    await this.#closePeer(seat);
    await this.#subscribeOthers(seat);
    await this.#closeIfEmpty(room);
  }

  #forget({ room, participant }: Seat): void {
    participant.connection = undefined;
    room.participants.delete(participant.id);
    this.#seats.delete(participant.resumeToken);
  }

  /** Runs in the room's queue: whoever comes next finds it open, or opens it anew. */
  async #closeIfEmpty(room: Room): Promise<void> {
    if (room.participants.size > 0) return;
    if (room.hasMedia) {
      room.hasMedia = false;
      await this.#options.engine.closeRoom(room.id).catch((error) => {
        this.#options.log.debug(`closing a room: ${textOf(error)}`);
      });
    }
    this.#rooms.delete(room.id);
  }

  #handleEngineEvent(event: EngineEvent): void {
    switch (event.type) {
      case 'peer-state':
        return this.#handlePeerState(event.roomId, event.peerId, event.state);
      case 'rooms-lost':
        for (const roomId of event.roomIds) this.#handleRoomLost(roomId);
        return;
    }
  }

  #handlePeerState(roomId: string, peerId: string, state: PeerState): void {
    const room = this.#rooms.get(roomId);
    const participant = room?.participants.get(peerId);
    if (room === undefined || participant === undefined || participant.mediaState === undefined) return;
    participant.mediaState = state;
    if (state !== 'failed' || participant.awayAt !== undefined) return;
    participant.connection?.send('media-lost', {
      code: 'media-failed',
      message: 'The media connection broke; it is being made anew.',
    });
  }

  #handleRoomLost(roomId: string): void {
    const room = this.#rooms.get(roomId);
    if (room === undefined) return;
    room.hasMedia = false;
    for (const participant of room.participants.values()) {
      participant.mediaState = undefined;
      participant.hasNegotiated = false;
      participant.connection?.send('media-lost', {
        code: 'media-worker-lost',
        message: 'The media server was restarted; your connection is being made anew.',
      });
    }
  }
}
