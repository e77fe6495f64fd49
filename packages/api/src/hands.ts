import { z } from 'zod';

/** Raise one's hand, or lower it. Raising it again keeps its place. */
export const setHandRequestSchema = z.object({ raised: z.boolean() });
export type SetHandRequest = Readonly<z.infer<typeof setHandRequestSchema>>;

/** One's own hand as it is now. */
export interface SetHandResponse {
  /** Milliseconds since 1970; null: it is lowered. */
  readonly handRaisedAt: number | null;
}
