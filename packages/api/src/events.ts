import type { JoinRequest, ResumeRequest, RoomSnapshot } from './entry.ts';
import type { SetMutedRequest } from './muting.ts';
import type { NegotiateRequest, NegotiateResponse } from './negotiation.ts';
import type { Refusal, Reply } from './reply.ts';
import type { Participant, SectionsNeeded, Track } from './room.ts';

/** Why a participant is gone: it said so, its connection did not come back, or the server ended its stay. */
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
  /** Please offer again, with that many more receive sections. */
  'sections-needed': (event: SectionsNeeded) => void;
  /** The media association is no more: negotiate anew with a new peer connection. */
  'media-lost': (event: Refusal) => void;
  /** The participant is out of the room for good: `server-stopping`, `offer-missing`. */
  'room-closed': (event: Refusal) => void;
}

/** What a participant asks the server. Every request is answered. */
export interface ClientEvents {
  join: (request: JoinRequest, reply: (answer: Reply<RoomSnapshot>) => void) => void;
  resume: (request: ResumeRequest, reply: (answer: Reply<RoomSnapshot>) => void) => void;
  negotiate: (request: NegotiateRequest, reply: (answer: Reply<NegotiateResponse>) => void) => void;
  'set-muted': (request: SetMutedRequest, reply: (answer: Reply<null>) => void) => void;
  leave: (request: Record<string, never>, reply: (answer: Reply<null>) => void) => void;
}

/** Where Socket.IO listens. */
export const signalingPath = '/socket.io';
