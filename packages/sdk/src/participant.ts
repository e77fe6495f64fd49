import type { Participant, Role, Track, TrackKind, TrackSource } from '@rivero/api';
import { bestQuality, type Quality } from './quality.ts';
import type { RemoteParticipant, RemoteTrack } from './remote-participant.ts';

/** A track of somebody else, as the server and we ourselves change it. */
export class KnownTrack implements RemoteTrack {
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  muted: boolean;
  mediaStreamTrack: MediaStreamTrack | undefined;
  isRefused = false;
  isReceived = true;

  constructor(track: Track) {
    this.trackId = track.trackId;
    this.kind = track.kind;
    this.source = track.source;
    this.muted = track.muted;
  }
}

/** Somebody else in the room, as the server and we ourselves change it. */
export class KnownParticipant implements RemoteParticipant {
  readonly participantId: string;
  readonly name: string;
  isAway: boolean;
  role: Role;
  handRaisedAt: number | null;
  isSpeaking = false;
  isVideoReceived = true;
  isSentTo = true;
  isWithholding: boolean;
  quality: Quality = bestQuality;
  readonly #tracks = new Map<string, KnownTrack>();

  constructor(participant: Participant, isWithholding = false) {
    this.participantId = participant.participantId;
    this.name = participant.name;
    this.isAway = participant.away;
    this.role = participant.role;
    this.handRaisedAt = participant.handRaisedAt;
    this.isWithholding = isWithholding;
    for (const track of participant.tracks) this.addTrack(track);
  }

  get tracks(): readonly KnownTrack[] {
    return [...this.#tracks.values()];
  }

  track(trackId: string): KnownTrack | undefined {
    return this.#tracks.get(trackId);
  }

  addTrack(track: Track): KnownTrack {
    const added = new KnownTrack(track);
    added.isReceived = track.kind !== 'video' || this.isVideoReceived;
    this.#tracks.set(track.trackId, added);
    return added;
  }

  removeTrack(trackId: string): KnownTrack | undefined {
    const removed = this.#tracks.get(trackId);
    this.#tracks.delete(trackId);
    return removed;
  }

  /** Follows a snapshot of the room; answers the tracks that are gone. */
  follow(participant: Participant, isWithholding: boolean): readonly KnownTrack[] {
    this.isWithholding = isWithholding;
    this.isAway = participant.away;
    this.role = participant.role;
    this.handRaisedAt = participant.handRaisedAt;
    const ids = new Set(participant.tracks.map(({ trackId }) => trackId));
    const gone = this.tracks.filter(({ trackId }) => !ids.has(trackId));
    for (const { trackId } of gone) this.#tracks.delete(trackId);
    for (const track of participant.tracks) {
      const known = this.#tracks.get(track.trackId);
      if (known === undefined) this.addTrack(track);
      else known.muted = track.muted;
    }
    return gone;
  }
}
