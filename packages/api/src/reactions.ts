import { z } from 'zod';

/** What one shows without a word; pages choose the pictures. */
export const reactionSchema = z.enum(['thumbs-up', 'clap', 'heart', 'laugh', 'surprise', 'party']);
export type Reaction = z.infer<typeof reactionSchema>;

/** Show a reaction to everybody else. */
export const reactRequestSchema = z.object({ reaction: reactionSchema });
export type ReactRequest = Readonly<z.infer<typeof reactRequestSchema>>;
