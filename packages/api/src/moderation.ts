import { z } from 'zod';
import { participantIdSchema } from './room.ts';

/** Let nobody else in, or everybody again. */
export const lockRoomRequestSchema = z.object({ locked: z.boolean() });
export type LockRoomRequest = Readonly<z.infer<typeof lockRoomRequestSchema>>;

/** Let media go by relays only, or as it can again. */
export const setRelayOnlyRequestSchema = z.object({ relayOnly: z.boolean() });
export type SetRelayOnlyRequest = Readonly<z.infer<typeof setRelayOnlyRequestSchema>>;

/** End the stay of somebody else, or lower somebody's hand. */
export const participantRequestSchema = z.object({ participantId: participantIdSchema });
export type ParticipantRequest = Readonly<z.infer<typeof participantRequestSchema>>;

const askedSourceSchema = z.enum(['microphone', 'camera']);
/** What somebody can be asked to mute. */
export type AskedSource = z.infer<typeof askedSourceSchema>;

/** Ask somebody to mute; whether it does is its own affair. */
export const askToMuteRequestSchema = z.object({ participantId: participantIdSchema, source: askedSourceSchema });
export type AskToMuteRequest = Readonly<z.infer<typeof askToMuteRequestSchema>>;
