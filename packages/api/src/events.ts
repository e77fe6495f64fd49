import type { ChatMessage, SendChatRequest, SendChatResponse } from './chat.ts';
import type { EmptyRequest } from './empty-request.ts';
import type { JoinRequest, ResumeRequest, RoomSnapshot } from './entry.ts';
import type { SetHandRequest, SetHandResponse } from './hands.ts';
import type { IceConfiguration } from './ice.ts';
import type {
  AskedSource,
  AskToMuteRequest,
  LockRoomRequest,
  ParticipantRequest,
  SetRelayOnlyRequest,
} from './moderation.ts';
import type { SetMutedRequest } from './muting.ts';
import type { NegotiateRequest, NegotiateResponse } from './negotiation.ts';
import type { ReactRequest } from './react-request.ts';
import type { Reaction } from './reactions.ts';
import type { SetReceivedRequest } from './receiving.ts';
import type { Refusal, Reply } from './reply.ts';
import type { Participant, Role, SectionsNeeded, Track } from './room.ts';
import type { SetSentRequest } from './sending.ts';

/** Why a participant is gone: it said so, its connection did not come back, or the server or a host ended its stay. */
export type LeaveReason = 'left' | 'lost' | 'removed';

/** What the server tells a participant. */
export interface ServerEvents {
  'participant-joined': (event: { readonly participant: Participant }) => void;
  'participant-left': (event: { readonly participantId: string; readonly reason: LeaveReason }) => void;
  /** `away`: its socket is gone, and it may come back. Not `away`: it is back. */
  'participant-away': (event: { readonly participantId: string; readonly away: boolean }) => void;
  'track-published': (event: { readonly participantId: string; readonly track: Track }) => void;
  'track-unpublished': (event: { readonly participantId: string; readonly trackId: string }) => void;
  'track-muted': (event: { readonly participantId: string; readonly trackId: string; readonly muted: boolean }) => void;
  /** Who speaks now, the main speaker first, oneself among them. */
  'speakers-changed': (event: { readonly participantIds: readonly string[] }) => void;
  /** That one sends us nothing of its own from now on, or all of it again; nobody else is told. */
  'participant-withholds': (event: { readonly participantId: string; readonly withholds: boolean }) => void;
  /** Please offer again, with that many more receive sections. */
  'sections-needed': (event: SectionsNeeded) => void;
  /** The media association is no more: negotiate anew with a new peer connection. */
  'media-lost': (event: Refusal) => void;
  'chat-message': (event: ChatMessage) => void;
  reaction: (event: { readonly participantId: string; readonly reaction: Reaction }) => void;
  /** A hand was raised or lowered; one's own is told when a host lowered it. */
  'hand-changed': (event: { readonly participantId: string; readonly handRaisedAt: number | null }) => void;
  'role-changed': (event: { readonly participantId: string; readonly role: Role }) => void;
  /**
   * Secret, told to hosts only, and before that they are: whoever joins with it is a host too. The one before is of no
   * account any more.
   */
  'host-token': (event: { readonly hostToken: string }) => void;
  'room-lock-changed': (event: { readonly locked: boolean }) => void;
  /** Media goes by relays only from now on, or as it can again. */
  'room-relay-changed': (event: { readonly relayOnly: boolean }) => void;
  /** A host asks us to mute; `participantId` is the host's. */
  'mute-asked': (event: { readonly participantId: string; readonly source: AskedSource }) => void;
  /** We are out of the room for good: `server-stopping`, `offer-missing`, `removed-by-host`, `ended-by-host`. */
  'room-closed': (event: Refusal) => void;
}

/** What only hosts may ask. */
export interface ModerationRequests {
  'lock-room': (request: LockRoomRequest, reply: (answer: Reply<null>) => void) => void;
  /** Refused where there is no TURN server: `relay-unavailable`. */
  'set-relay-only': (request: SetRelayOnlyRequest, reply: (answer: Reply<null>) => void) => void;
  'remove-participant': (request: ParticipantRequest, reply: (answer: Reply<null>) => void) => void;
  'ask-to-mute': (request: AskToMuteRequest, reply: (answer: Reply<null>) => void) => void;
  'lower-hand': (request: ParticipantRequest, reply: (answer: Reply<null>) => void) => void;
  'lower-all-hands': (request: EmptyRequest, reply: (answer: Reply<null>) => void) => void;
  'end-room': (request: EmptyRequest, reply: (answer: Reply<null>) => void) => void;
}

/** What a participant asks the server. Every request is answered. */
export interface ClientEvents extends ModerationRequests {
  join: (request: JoinRequest, reply: (answer: Reply<RoomSnapshot>) => void) => void;
  resume: (request: ResumeRequest, reply: (answer: Reply<RoomSnapshot>) => void) => void;
  negotiate: (request: NegotiateRequest, reply: (answer: Reply<NegotiateResponse>) => void) => void;
  'set-muted': (request: SetMutedRequest, reply: (answer: Reply<null>) => void) => void;
  'send-chat': (request: SendChatRequest, reply: (answer: Reply<SendChatResponse>) => void) => void;
  react: (request: ReactRequest, reply: (answer: Reply<null>) => void) => void;
  'set-hand': (request: SetHandRequest, reply: (answer: Reply<SetHandResponse>) => void) => void;
  'set-received': (request: SetReceivedRequest, reply: (answer: Reply<null>) => void) => void;
  'set-sent': (request: SetSentRequest, reply: (answer: Reply<null>) => void) => void;
  /** Also of who is in no room. */
  'ice-servers': (request: EmptyRequest, reply: (answer: Reply<IceConfiguration>) => void) => void;
  leave: (request: EmptyRequest, reply: (answer: Reply<null>) => void) => void;
}

/** Where Socket.IO listens. */
export const signalingPath = '/socket.io';
