import { z } from 'zod';
import { trackIdSchema } from './room.ts';

/** Tell the others that a track is muted, or no longer. */
export const setMutedRequestSchema = z.object({ trackId: trackIdSchema, muted: z.boolean() });
export type SetMutedRequest = Readonly<z.infer<typeof setMutedRequestSchema>>;
