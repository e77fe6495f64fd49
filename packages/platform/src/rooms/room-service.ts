import type { LeaveReason, NegotiateRequest, NegotiateResponse, RoomSnapshot } from '@rivero/api';
import { CodedError, type MonotonicMs, monotonicMs, type RandomBytes } from '@rivero/core';
import type { EndpointEngine, EngineEvent, MediaEngine } from '@rivero/engine';
import type { EndpointDescription } from './client-endpoint.ts';
import { Conversation } from './conversation.ts';
import { EngineRoom } from './engine-room.ts';
import { Moderation } from './moderation.ts';
import type { ParticipantConnection } from './participant.ts';
import type { PlatformLog } from './platform-log.ts';
import { RoomMedia } from './room-media.ts';
import { type JoinOptions, RoomRegistry, type Seat } from './room-registry.ts';
import { withholders } from './sending.ts';

export interface RoomServiceOptions {
  readonly engine: MediaEngine & EndpointEngine;
  readonly log: PlatformLog;
  readonly roomCapacity: number;
  /** There is a TURN server. */
  readonly hasRelay: boolean;
  readonly random: RandomBytes;
}

/** The room as a participant is to know it; the ICE servers depend on its connection. */
export type RoomView = Omit<RoomSnapshot, 'ice'>;

/** The rooms of one server at this moment. */
export interface PlatformStatistics {
  readonly rooms: number;
  readonly participants: number;
  /** Participants whose socket is lost. */
  readonly away: number;
  /** Rooms whose media is open, or is still being closed. */
  readonly mediaRooms: number;
}

const stopping = { code: 'server-stopping', message: 'The server is being restarted; join again in a moment.' };

/** The rooms of this server: the registry of who is there, and beside it the media of each room. */
export class RoomService {
  readonly conversation: Conversation;
  readonly moderation: Moderation;
  readonly #options: RoomServiceOptions;
  readonly #registry: RoomRegistry;
  readonly #media = new Map<string, RoomMedia>();
  readonly #stopListening: () => void;
  #isClosed = false;

  constructor(options: RoomServiceOptions) {
    this.#options = options;
    const { roomCapacity, random, engine, log, hasRelay } = options;
    this.#registry = new RoomRegistry({
      roomCapacity,
      random,
      onChange: ({ id }) => void this.#follow(id),
    });
    this.conversation = new Conversation(random);
    this.moderation = new Moderation({ registry: this.#registry, log, hasRelay });
    this.#stopListening = engine.onEvent((event) => this.#handleEngineEvent(event));
  }

  statistics(): PlatformStatistics {
    return { ...this.#registry.statistics(), mediaRooms: this.#media.size };
  }

  /** Enters; the peer in the engine is opened for the first offer. Refused: `room-full`, `room-locked`, … */
  join(options: JoinOptions): Seat {
    if (this.#isClosed) throw new CodedError(stopping.code, stopping.message);
    return this.#registry.join(options);
  }

  /** Refused: `resume-expired`, `removed-by-host`, `ended-by-host`. */
  resume(resumeToken: string, connection: ParticipantConnection): Seat {
    return this.#registry.resume(resumeToken, connection);
  }

  /** The room as this participant is to know it. Refused: `not-in-room`. */
  snapshot(seat: Seat): RoomView {
    const { room, participant } = seat;
    room.assertHas(participant);
    const media = this.#mediaOf(room.id);
    return {
      room: room.id,
      participantId: participant.id,
      resumeToken: participant.resumeToken,
      capacity: this.#options.roomCapacity,
      role: participant.role,
      hostToken: participant.role === 'host' ? room.hostToken : null,
      handRaisedAt: participant.handRaisedAt,
      locked: room.isLocked,
      relayOnly: room.isRelayOnly,
      chat: room.chat.messages,
      participants: [...room.participants.values()]
        .filter((other) => other !== participant)
        .map((other) => other.describe()),
      speakers: room.speakers,
      notReceived: [...participant.notReceived],
      notSentTo: [...participant.notSentTo],
      withheldBy: withholders(room, participant).map(({ id }) => id),
      sectionsNeeded: media.sectionsNeeded(seat),
      hasMedia: media.hasMedia(participant),
    };
  }

  /** Refused: `not-in-room`, `track-exists`, `room-busy`, and what the engine refuses: `sdp-…`, `room-lost`, … */
  async negotiate(seat: Seat, request: NegotiateRequest): Promise<NegotiateResponse> {
    seat.room.assertHas(seat.participant);
    try {
      return await this.#mediaOf(seat.room.id).negotiate(seat, request);
    } finally {
      this.#forgetIfIdle(seat.room.id);
    }
  }

  /**
   * Answers the offer by which a participant without a peer publishes. Refused: `not-in-room`, `room-busy`, and what the
   * engine refuses.
   */
  async publish(seat: Seat, offer: string): Promise<EndpointDescription> {
    seat.room.assertHas(seat.participant);
    try {
      return await this.#mediaOf(seat.room.id).endpoints.publish(seat, offer);
    } finally {
      this.#forgetIfIdle(seat.room.id);
    }
  }

  /** Asks for offers of what these publish; they come soon, by the connection's {@link EndpointListener}. Refused: `not-in-room`. */
  requestViews(seat: Seat, participantIds: readonly string[], now: MonotonicMs): void {
    seat.room.assertHas(seat.participant);
    this.#mediaOf(seat.room.id).endpoints.requestViews(seat, participantIds, now);
    void this.#follow(seat.room.id);
  }

  /** The answer to the last offer about that participant. Refused: see {@link RoomEndpoints.answerView}. */
  async answerView(seat: Seat, participantId: string, answer: string): Promise<void> {
    seat.room.assertHas(seat.participant);
    await this.#mediaOf(seat.room.id).endpoints.answerView(seat, participantId, answer);
  }

  /** For the view of that participant, or one's own publication. Refused: see {@link RoomEndpoints.addCandidate}. */
  async addCandidate(seat: Seat, participantId: string, candidate: string): Promise<void> {
    seat.room.assertHas(seat.participant);
    await this.#mediaOf(seat.room.id).endpoints.addCandidate(seat, participantId, candidate);
  }

  /** Refused: `not-in-room`, `track-unknown`. */
  setMuted(seat: Seat, trackId: string, muted: boolean): void {
    this.#registry.setMuted(seat, trackId, muted);
  }

  /** Media follows soon. Refused: `not-in-room`, `track-unknown`. */
  setReceived(seat: Seat, trackId: string, received: boolean): void {
    this.#registry.setReceived(seat, trackId, received);
  }

  /** Media follows soon. Refused: `not-in-room`, `participant-unknown`, `request-malformed` for oneself. */
  setSent(seat: Seat, participantId: string, sent: boolean): void {
    this.#registry.setSent(seat, participantId, sent);
  }

  /** Does nothing for somebody who has left before. */
  leave(seat: Seat, reason: LeaveReason): void {
    this.#registry.leave(seat, reason);
  }

  /** The connection is lost; the participant may come back by another. */
  handleDisconnect(seat: Seat, connection: ParticipantConnection, now: MonotonicMs): void {
    this.#registry.handleDisconnect(seat, connection, now);
  }

  handleTimeout(now: MonotonicMs): void {
    this.#registry.handleTimeout(now);
    for (const [roomId, media] of this.#media) if (media.isBehind) void this.#follow(roomId);
  }

  /** Media that could not follow is due at every look at the clock. */
  deadline(): MonotonicMs {
    const isBehind = [...this.#media.values()].some((media) => media.isBehind);
    return isBehind ? monotonicMs(0) : this.#registry.deadline();
  }

  /** Ends all rooms; everybody is told. Resolves when the engine's rooms are closed too. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#registry.close(stopping);
    await Promise.all([...this.#media.values()].map((media) => media.closed()));
    this.#stopListening();
  }

  async #follow(roomId: string): Promise<void> {
    const media = this.#mediaOf(roomId);
    await media.follow();
    this.#forgetIfIdle(roomId);
  }

  async #handleRoomLost(roomId: string): Promise<void> {
    await this.#media.get(roomId)?.handleRoomLost();
    this.#forgetIfIdle(roomId);
  }

  /** After everything that runs in the media of a room: any of it can be the last. */
  #forgetIfIdle(roomId: string): void {
    if (this.#registry.room(roomId) === undefined && this.#media.get(roomId)?.isIdle === true) {
      this.#media.delete(roomId);
    }
  }

  #mediaOf(roomId: string): RoomMedia {
    let media = this.#media.get(roomId);
    if (media === undefined) {
      const { engine, log, random } = this.#options;
      const engineRoom = new EngineRoom({ roomId, engine });
      media = new RoomMedia({ engineRoom, random, log, registry: this.#registry });
      this.#media.set(roomId, media);
    }
    return media;
  }

  #handleEngineEvent(event: EngineEvent): void {
    switch (event.type) {
      case 'peer-state': {
        const room = this.#registry.room(event.roomId);
        const participant = room?.participants.get(event.peerId);
        if (room === undefined || participant === undefined) return;
        return this.#media.get(event.roomId)?.handlePeerState({ room, participant }, event.state);
      }
      case 'speakers': {
        const room = this.#registry.room(event.roomId);
        if (room !== undefined) this.#registry.setSpeakers(room, event.trackIds);
        return;
      }
      case 'rooms-lost':
        for (const roomId of event.roomIds) void this.#handleRoomLost(roomId);
        return;
      case 'endpoint': {
        const room = this.#registry.room(event.roomId);
        if (room === undefined) return;
        return this.#media.get(event.roomId)?.endpoints.handleChange(room, event.endpointId, event.change);
      }
      case 'track-flow': {
        const room = this.#registry.room(event.roomId);
        if (room === undefined) return;
        return this.#media.get(event.roomId)?.endpoints.handleFlow(room, event.trackId, event.isFlowing);
      }
      case 'track-changed':
        return this.#media.get(event.roomId)?.handleTrackChanged(event.trackId);
    }
  }
}
