import { z } from 'zod';
import { resumeTokenLengthMax } from './limits.ts';
import { type Participant, participantNameSchema, roomIdSchema, type SectionsNeeded } from './room.ts';

/** Enter a room. */
export const joinRequestSchema = z.object({
  room: roomIdSchema,
  name: participantNameSchema,
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
  /** Without the one who asks. */
  readonly participants: readonly Participant[];
  /** What the next offer needs to receive all of their tracks. */
  readonly sectionsNeeded: SectionsNeeded;
  /** False: there is no media association, or no more, and a new peer connection must be negotiated. */
  readonly hasMedia: boolean;
}
