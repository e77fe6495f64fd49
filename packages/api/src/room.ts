import { z } from 'zod';
import {
  midLengthMax,
  nameLengthMax,
  participantIdLengthMax,
  roomIdLengthMax,
  sectionsNeededMax,
  trackIdLengthMax,
} from './limits.ts';
import { isMisleading, isVisible } from './readable-text.ts';
import { spelledText } from './spelled-text.ts';

/** Characters that stand in an address as they are (RFC 3986 section 2.3, unreserved). */
const unreserved = /^[A-Za-z0-9._~-]+$/;

/** A room's name in its address: letters, digits, and `. _ ~ -`. `.` and `..` mean folders in an address. */
export const roomIdSchema = z
  .string()
  .min(1)
  .max(roomIdLengthMax)
  .regex(unreserved)
  .refine((room) => room !== '.' && room !== '..');

/** How a participant is called; trimmed, in one spelling (NFC) for what looks the same, and with something to see. */
export const participantNameSchema = spelledText(nameLengthMax)
  .refine((name) => !isMisleading(name), 'it has characters that mislead')
  .refine(isVisible, 'it has nothing to see');

const trackKindSchema = z.enum(['audio', 'video']);
/** What a track carries. */
export type TrackKind = z.infer<typeof trackKindSchema>;

/** What a track shows. */
export const trackSourceSchema = z.enum(['camera', 'microphone', 'screen', 'screen-audio']);
export type TrackSource = z.infer<typeof trackSourceSchema>;

/** A track's name, chosen by its publisher; nobody else in the room may use it. */
export const trackIdSchema = z.string().min(1).max(trackIdLengthMax).regex(unreserved);

/** `a=mid` of a section of the offer (RFC 5888 section 4: a token). */
export const midSchema = z
  .string()
  .min(1)
  .max(midLengthMax)
  .regex(/^[!#$%&'*+.^_`{|}~A-Za-z0-9-]+$/);

const trackSchema = z.object({
  trackId: trackIdSchema,
  kind: trackKindSchema,
  source: trackSourceSchema,
  muted: z.boolean(),
});
/** A published track as everybody in the room knows it. */
export type Track = Readonly<z.infer<typeof trackSchema>>;

/** A participant's name on the wire, chosen by the server. */
export const participantIdSchema = z.string().min(1).max(participantIdLengthMax).regex(unreserved);

const roleSchema = z.enum(['host', 'guest']);
/** What a participant may do: hosts moderate. A room has a host as long as somebody is in it. */
export type Role = z.infer<typeof roleSchema>;

const participantSchema = z.object({
  participantId: participantIdSchema,
  name: z.string(),
  away: z.boolean(),
  role: roleSchema,
  handRaisedAt: z.number().nullable(),
  tracks: z.array(trackSchema),
});
/**
 * Somebody in the room. `away`: the socket is gone, and it may still come back. `handRaisedAt`: milliseconds since 1970, so
 * that hands have an order; null: it is not raised.
 */
export interface Participant extends Readonly<Omit<z.infer<typeof participantSchema>, 'tracks'>> {
  readonly tracks: readonly Track[];
}

const sectionsNeededSchema = z.object({
  offer: z.boolean(),
  audio: z.int().min(0).max(sectionsNeededMax),
  video: z.int().min(0).max(sectionsNeededMax),
});
/** Receive sections that the next offer must have more; `offer`: an offer is needed at all. */
export type SectionsNeeded = Readonly<z.infer<typeof sectionsNeededSchema>>;
