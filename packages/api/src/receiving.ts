import { z } from 'zod';
import { trackIdSchema } from './room.ts';

/** Ask not to be sent somebody else's track for now, or to be sent it again. */
export const setReceivedRequestSchema = z.object({ trackId: trackIdSchema, received: z.boolean() });
export type SetReceivedRequest = Readonly<z.infer<typeof setReceivedRequestSchema>>;
