import type { Participant, Role, Track, TrackKind, TrackSource } from '@rivero/api';
import { bestQuality, type Quality } from './quality.ts';

/** A track of somebody else. */
export class RemoteTrack {
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  muted: boolean;
  /** What the browser plays; undefined until it is received. */
  mediaStreamTrack: MediaStreamTrack | undefined;
  /** The browser cannot play its codec. */
  isRefused = false;
  /** False: we asked the server not to send it; it stays as it is, and stands still. */
  isReceived = true;

  constructor(track: Track) {
    this.trackId = track.trackId;
    this.kind = track.kind;
    this.source = track.source;
    this.muted = track.muted;
  }
}

/** Somebody else in the room. */
export class RemoteParticipant {
  readonly participantId: string;
  readonly name: string;
  /** Lost its connection, and may come back. */
  isAway: boolean;
  /** Hosts moderate. */
  role: Role;
  /** When it raised its hand, milliseconds since 1970; null: it is not raised. */
  handRaisedAt: number | null;
  /** Says something just now, as the server hears it. */
  isSpeaking = false;
  /** False: of this person no video is sent to us, neither what there is nor what comes. */
  isVideoReceived = true;
  /** How well we receive this person. */
  quality: Quality = bestQuality;
  readonly #tracks = new Map<string, RemoteTrack>();

  constructor(participant: Participant) {
    this.participantId = participant.participantId;
    this.name = participant.name;
    this.isAway = participant.away;
    this.role = participant.role;
    this.handRaisedAt = participant.handRaisedAt;
    for (const track of participant.tracks) this.addTrack(track);
  }

  get tracks(): readonly RemoteTrack[] {
    return [...this.#tracks.values()];
  }

  track(trackId: string): RemoteTrack | undefined {
    return this.#tracks.get(trackId);
  }

  addTrack(track: Track): RemoteTrack {
    const added = new RemoteTrack(track);
    added.isReceived = track.kind !== 'video' || this.isVideoReceived;
    this.#tracks.set(track.trackId, added);
    return added;
  }

  removeTrack(trackId: string): RemoteTrack | undefined {
    const removed = this.#tracks.get(trackId);
    this.#tracks.delete(trackId);
    return removed;
  }

  /** Follows a snapshot of the room; answers the tracks that are gone. */
  follow(participant: Participant): readonly RemoteTrack[] {
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
