import type { Role, TrackKind, TrackSource } from '@rivero/api';
import type { Quality } from './quality.ts';

/** A track of somebody else. The room changes it; the page reads it. */
export interface RemoteTrack {
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  /** Its owner turned it off: nothing is seen or heard of it. */
  readonly muted: boolean;
  /** What the browser plays; undefined until it is received. */
  readonly mediaStreamTrack: MediaStreamTrack | undefined;
  /** The browser cannot play its codec. */
  readonly isRefused: boolean;
  /** False: we asked the server not to send it; it stays as it is, and stands still. */
  readonly isReceived: boolean;
}

/** Somebody else in the room. The room changes it; the page reads it. */
export interface RemoteParticipant {
  readonly participantId: string;
  readonly name: string;
  /** Lost its connection, and may come back. */
  readonly isAway: boolean;
  /** Hosts moderate. */
  readonly role: Role;
  /** When it raised its hand, milliseconds since 1970; null: it is not raised. */
  readonly handRaisedAt: number | null;
  /** Says something just now, as the server hears it. */
  readonly isSpeaking: boolean;
  /** False: of this person no video is sent to us, neither what there is nor what comes. */
  readonly isVideoReceived: boolean;
  /** False: nothing of ours is sent to this person, as we asked. */
  readonly isSentTo: boolean;
  /** This person asked that nothing of theirs is sent to us: the tracks stay, and stand still. */
  readonly isWithholding: boolean;
  /** How well we receive this person. */
  readonly quality: Quality;
  /** A copy, in the order in which they were published. */
  readonly tracks: readonly RemoteTrack[];
  /** The track of that name, if it is this person's. */
  track(trackId: string): RemoteTrack | undefined;
}
