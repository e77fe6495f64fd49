import type { AskedSource, Reaction, Refusal, Role } from '@rivero/api';
import type { CodedError } from '@rivero/core';
import type { ChatMessage } from './chat-log.ts';
import type { IceError } from './ice-errors.ts';
import type { PublishedTrack } from './published-track.ts';
import type { MediaState } from './path-watch.ts';
import type { Quality } from './quality.ts';
import type { RemoteParticipant, RemoteTrack } from './remote-participant.ts';

/** `reconnecting`: the server cannot be reached for the moment; media may go on meanwhile. */
export type RoomState = 'connecting' | 'connected' | 'reconnecting' | 'left';

/** Names of a room's events, and what their listeners are called with. A type, so that no other name is one. */
export type RoomEvents = {
  /** `reason`: why the server cannot be reached, when it said so: `server-stopping`, it is being restarted. */
  readonly stateChanged: readonly [state: RoomState, reason: Refusal | undefined];
  /** How the media connection does; `blocked`: nothing gets through, see the message of `error`. */
  readonly mediaStateChanged: readonly [state: MediaState];
  /** A STUN or TURN server failed: all that did since we look for a path this way, see {@link Room.iceErrors}. */
  readonly iceErrorsChanged: readonly [errors: readonly IceError[]];
  readonly participantJoined: readonly [participant: RemoteParticipant];
  readonly participantLeft: readonly [participant: RemoteParticipant];
  /** Something about the participant changed: away, role, raised hand, speaking, tracks, mute signs, what we receive or send. */
  readonly participantChanged: readonly [participant: RemoteParticipant];
  /** Who speaks, the main speaker first, we among them; see {@link Room.activeSpeakers}. */
  readonly activeSpeakersChanged: readonly [participantIds: readonly string[]];
  /** A track can be played. */
  readonly trackSubscribed: readonly [track: RemoteTrack, participant: RemoteParticipant];
  readonly trackUnsubscribed: readonly [track: RemoteTrack, participant: RemoteParticipant];
  /** One of our own tracks began, changed, or ended: then it is no more among `localTracks`. */
  readonly localTrackChanged: readonly [track: PublishedTrack];
  /** Something was said, by us too. Not told for what is there when we enter; told for what we missed when we come back. */
  readonly chatMessage: readonly [message: ChatMessage];
  /** Somebody else shows a reaction. */
  readonly reaction: readonly [reaction: Reaction, participant: RemoteParticipant];
  /** Our own hand: since when it is raised, also when a host lowered it. */
  readonly handChanged: readonly [handRaisedAt: number | null];
  /** Our own role. */
  readonly roleChanged: readonly [role: Role];
  /** Hosts only: the secret that makes hosts is another one. */
  readonly hostTokenChanged: readonly [hostToken: string | null];
  readonly lockChanged: readonly [isLocked: boolean];
  /** Hosts want all media to go through relays, or no longer. */
  readonly relayOnlyChanged: readonly [relayOnly: boolean];
  /** A host asks us to mute; nothing is muted by itself. */
  readonly muteAsked: readonly [by: RemoteParticipant | undefined, source: AskedSource];
  /** How well we send (`participantId` is our own), or how well we receive somebody. */
  readonly qualityChanged: readonly [quality: Quality, participantId: string];
  /** The server or a host ended our stay: `removed-by-host`, `ended-by-host`, `room-full`, … */
  readonly removed: readonly [reason: Refusal];
  readonly error: readonly [error: CodedError];
};
