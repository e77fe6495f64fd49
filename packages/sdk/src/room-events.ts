import type { Refusal } from '@rivero/api';
import type { CodedError } from '@rivero/core';
import type { MediaState, PublishedTrack } from './media-connection.ts';
import type { RemoteParticipant, RemoteTrack } from './participant.ts';

/** `reconnecting`: the server cannot be reached for the moment; media may go on meanwhile. */
export type RoomState = 'connecting' | 'connected' | 'reconnecting' | 'left';

export interface RoomEvents extends Record<string, readonly unknown[]> {
  /** `reason`: why the server cannot be reached, when it said so: `server-stopping`, it is being restarted. */
  readonly stateChanged: readonly [state: RoomState, reason: Refusal | undefined];
  /** How the media connection does; `blocked`: nothing gets through, see the message of `error`. */
  readonly mediaStateChanged: readonly [state: MediaState];
  readonly participantJoined: readonly [participant: RemoteParticipant];
  readonly participantLeft: readonly [participant: RemoteParticipant];
  /** Something about the participant changed: away, tracks, mute signs. */
  readonly participantChanged: readonly [participant: RemoteParticipant];
  /** A track can be played. */
  readonly trackSubscribed: readonly [track: RemoteTrack, participant: RemoteParticipant];
  readonly trackUnsubscribed: readonly [track: RemoteTrack, participant: RemoteParticipant];
  /** One of our own tracks began, changed, or ended: then it is no more among `localTracks`. */
  readonly localTrackChanged: readonly [track: PublishedTrack];
  /** The server ended our stay. */
  readonly removed: readonly [reason: Refusal];
  readonly error: readonly [error: CodedError];
}
