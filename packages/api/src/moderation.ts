import { z } from 'zod';
import { participantIdSchema } from './room.ts';

/** Let nobody else in, or everybody again. */
export const lockRoomRequestSchema = z.object({ locked: z.boolean() });
export type LockRoomRequest = Readonly<z.infer<typeof lockRoomRequestSchema>>;

/** End the stay of somebody else, or lower somebody's hand. */
export const participantRequestSchema = z.object({ participantId: participantIdSchema });
export type ParticipantRequest = Readonly<z.infer<typeof participantRequestSchema>>;

const askedSourceSchema = z.enum(['microphone', 'camera']);
/** What somebody can be asked to mute. */
export type AskedSource = z.infer<typeof askedSourceSchema>;

/** Ask somebody to mute; whether it does is its own affair. */
export const askToMuteRequestSchema = z.object({ participantId: participantIdSchema, source: askedSourceSchema });
export type AskToMuteRequest = Readonly<z.infer<typeof askToMuteRequestSchema>>;
