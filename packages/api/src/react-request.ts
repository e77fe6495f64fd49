import { z } from 'zod';
import { reactions } from './reactions.ts';

const reactionSchema = z.enum(reactions);

/** Show a reaction to everybody else. */
export const reactRequestSchema = z.object({ reaction: reactionSchema });
export type ReactRequest = Readonly<z.infer<typeof reactRequestSchema>>;
