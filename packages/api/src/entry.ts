import { z } from 'zod';
import type { ChatMessage } from './chat.ts';
import type { IceConfiguration } from './ice.ts';
import { hostTokenLengthMax, resumeTokenLengthMax } from './limits.ts';
import { type Participant, participantNameSchema, type Role, roomIdSchema, type SectionsNeeded } from './room.ts';

/** Enter a room. `hostToken`: with the room's own one enters as a host; any other is of no account. */
export const joinRequestSchema = z.object({
  room: roomIdSchema,
  name: participantNameSchema,
  hostToken: z.string().max(hostTokenLengthMax).optional(),
});
export type JoinRequest = Readonly<z.infer<typeof joinRequestSchema>>;

/** Take up a participant again with a new socket; its media went on. */
export const resumeRequestSchema = z.object({ resumeToken: z.string().min(1).max(resumeTokenLengthMax) });
export type ResumeRequest = Readonly<z.infer<typeof resumeRequestSchema>>;

/** The room as it is now, for somebody who enters or comes back. */
export interface RoomSnapshot {
  readonly room: string;
  readonly participantId: string;
  /** Secret: whoever has it can be this participant for 30 s after its socket is lost. */
  readonly resumeToken: string;
  readonly capacity: number;
  /** One's own. */
  readonly role: Role;
  /** Secret, told to hosts only: whoever joins with it is a host too. */
  readonly hostToken: string | null;
  /** One's own hand: when it was raised, milliseconds since 1970. */
  readonly handRaisedAt: number | null;
  /** Nobody may join but who has the host token. */
  readonly locked: boolean;
  /** Media of this room goes by relays only: peer connections have `iceTransportPolicy: 'relay'`. */
  readonly relayOnly: boolean;
  /** For the peer connection; `ice-servers` brings fresh ones. */
  readonly ice: IceConfiguration;
  /** What was said last, in order: `chatHistoryMax` messages at most. */
  readonly chat: readonly ChatMessage[];
  /** Without the one who asks. */
  readonly participants: readonly Participant[];
  /** Who speaks now, the main speaker first, oneself among them. */
  readonly speakers: readonly string[];
  /** Names of the others' tracks that one asked not to be sent. */
  readonly notReceived: readonly string[];
  /** Those to whom nothing of one's own is sent, as one asked. */
  readonly notSentTo: readonly string[];
  /** Those who asked that nothing of theirs is sent to oneself. */
  readonly withheldBy: readonly string[];
  /** What the next offer needs to receive all of their tracks. */
  readonly sectionsNeeded: SectionsNeeded;
  /** False: there is no media association, or no more, and a new peer connection must be negotiated. */
  readonly hasMedia: boolean;
}
