import type { Participant, RoomSnapshot } from '@rivero/api';
import type { EventEmitter } from './event-emitter.ts';
import { KnownParticipant, type KnownTrack } from './participant.ts';
import type { RoomEvents } from './room-events.ts';
import type { MediaListener, Negotiated } from './room-media.ts';
import type { RoomContext, RoomPart } from './room-part.ts';

/** Everybody else in the room and what of theirs can be played. Tells every change by an event of the room. */
export class Roster implements RoomPart, MediaListener {
  readonly #events: EventEmitter<RoomEvents>;
  readonly #participants = new Map<string, KnownParticipant>();

  constructor({ events, signaling: { socket } }: RoomContext) {
    this.#events = events;
    socket.on('participant-joined', ({ participant }) => this.#add(participant));
    socket.on('participant-left', ({ participantId }) => this.#remove(participantId));
    socket.on('participant-away', ({ participantId, away }) =>
      this.#change(participantId, (participant) => (participant.isAway = away)),
    );
    socket.on('role-changed', ({ participantId, role }) =>
      this.#change(participantId, (participant) => (participant.role = role)),
    );
    socket.on('hand-changed', ({ participantId, handRaisedAt }) =>
      this.#change(participantId, (participant) => (participant.handRaisedAt = handRaisedAt)),
    );
    socket.on('participant-withholds', ({ participantId, withholds }) =>
      this.#change(participantId, (participant) => (participant.isWithholding = withholds)),
    );
    socket.on('track-published', ({ participantId, track }) =>
      this.#change(participantId, (participant) => participant.addTrack(track)),
    );
    socket.on('track-unpublished', ({ participantId, trackId }) => this.#removeTrack(participantId, trackId));
    socket.on('track-muted', ({ participantId, trackId, muted }) => this.#setMuted(participantId, trackId, muted));
  }

  get all(): readonly KnownParticipant[] {
    return [...this.#participants.values()];
  }

  get(participantId: string): KnownParticipant | undefined {
    return this.#participants.get(participantId);
  }

  #add(described: Participant, isWithholding = false): void {
    const participant = new KnownParticipant(described, isWithholding);
    this.#participants.set(participant.participantId, participant);
    this.#events.emit('participantJoined', participant);
  }

  #remove(participantId: string): void {
    const participant = this.#participants.get(participantId);
    if (participant === undefined) return;
    this.#participants.delete(participantId);
    for (const track of participant.tracks) this.#unsubscribe(track, participant);
    this.#events.emit('participantLeft', participant);
  }

  setSpeaking(participantIds: ReadonlySet<string>): void {
    for (const { participantId, isSpeaking } of this.all) {
      const speaks = participantIds.has(participantId);
      if (speaks !== isSpeaking) this.#change(participantId, (participant) => (participant.isSpeaking = speaks));
    }
  }

  /** Forgets everybody without a word. */
  close(): void {
    this.#participants.clear();
  }

  #removeTrack(participantId: string, trackId: string): void {
    this.#change(participantId, (participant) => {
      const track = participant.removeTrack(trackId);
      if (track !== undefined) this.#unsubscribe(track, participant);
    });
  }

  #setMuted(participantId: string, trackId: string, muted: boolean): void {
    this.#change(participantId, (participant) => {
      const track = participant.track(trackId);
      if (track !== undefined) track.muted = muted;
    });
  }

  /** The room as the server describes it, after we could not listen for a while. */
  follow({ participants, withheldBy }: RoomSnapshot): void {
    const present = new Set(participants.map(({ participantId }) => participantId));
    for (const { participantId } of this.all) if (!present.has(participantId)) this.#remove(participantId);
    for (const participant of participants) {
      const isWithholding = withheldBy.includes(participant.participantId);
      const known = this.#participants.get(participant.participantId);
      if (known === undefined) {
        this.#add(participant, isWithholding);
        continue;
      }
      for (const track of known.follow(participant, isWithholding)) this.#unsubscribe(track, known);
      this.#events.emit('participantChanged', known);
    }
  }

  /** The sections carry what the answer says: tracks begin and end. */
  handleNegotiated({ answer: { subscribed, refused }, connection }: Negotiated): void {
    const midByTrack = new Map(subscribed.map(({ trackId, mid }) => [trackId, mid]));
    const refusedIds = new Set(refused.map(({ trackId }) => trackId));
    for (const participant of this.all) {
      for (const track of participant.tracks) {
        const mid = midByTrack.get(track.trackId);
        const received = mid === undefined ? undefined : connection.receivedTrack(mid);
        const isRefused = refusedIds.has(track.trackId);
        if (received === track.mediaStreamTrack && isRefused === track.isRefused) continue;
        track.isRefused = isRefused;
        this.#subscribe(track, participant, received);
        this.#events.emit('participantChanged', participant);
      }
    }
  }

  /** The connection that carried everything is no more. */
  handleRenewal(): void {
    for (const participant of this.all) {
      for (const track of participant.tracks) this.#unsubscribe(track, participant);
      this.#events.emit('participantChanged', participant);
    }
  }

  #subscribe(track: KnownTrack, participant: KnownParticipant, received: MediaStreamTrack | undefined): void {
    if (received === track.mediaStreamTrack) return;
    this.#unsubscribe(track, participant);
    track.mediaStreamTrack = received;
    if (received !== undefined) this.#events.emit('trackSubscribed', track, participant);
  }

  #unsubscribe(track: KnownTrack, participant: KnownParticipant): void {
    if (track.mediaStreamTrack === undefined) return;
    track.mediaStreamTrack = undefined;
    this.#events.emit('trackUnsubscribed', track, participant);
  }

  #change(participantId: string, change: (participant: KnownParticipant) => void): void {
    const participant = this.#participants.get(participantId);
    if (participant === undefined) return;
    change(participant);
    this.#events.emit('participantChanged', participant);
  }
}
