import { z } from 'zod';

/** Of a request that says all by its name: an object, so that it has one shape like the others. */
export const emptyRequestSchema = z.object({});
export type EmptyRequest = Readonly<z.infer<typeof emptyRequestSchema>>;
