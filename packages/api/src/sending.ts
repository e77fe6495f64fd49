import { z } from 'zod';
import { participantIdSchema } from './room.ts';

/** Send nothing of one's own to that participant for now, or send it again. */
export const setSentRequestSchema = z.object({ participantId: participantIdSchema, sent: z.boolean() });
export type SetSentRequest = Readonly<z.infer<typeof setSentRequestSchema>>;
