import { z } from 'zod';
import { midLengthMax, nameLengthMax, roomIdLengthMax, sectionsNeededMax, trackIdLengthMax } from './limits.ts';

/** Characters that stand in an address as they are (RFC 3986 section 2.3, unreserved). */
const unreserved = /^[A-Za-z0-9._~-]+$/;

/** A room's name in its address: letters, digits, and `. _ ~ -`. `.` and `..` mean folders in an address. */
export const roomIdSchema = z
  .string()
  .min(1)
  .max(roomIdLengthMax)
  .regex(unreserved)
  .refine((room) => room !== '.' && room !== '..');

/** Controls, halves of characters, line ends, and what turns the direction of the text behind it. */
const misleading = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** Something to see: not only spaces, joiners and fillers. */
const visible = /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** How a participant is called; trimmed, in one spelling (NFC) for what looks the same, and with something to see. */
export const participantNameSchema = z
  .string()
  .trim()
  .normalize('NFC')
  .max(nameLengthMax)
  .refine((name) => !misleading.test(name), 'it has characters that mislead')
  .refine((name) => visible.test(name), 'it has nothing to see');

export const trackKindSchema = z.enum(['audio', 'video']);
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

/** A published track as everybody in the room knows it. */
export const trackSchema = z.object({
  trackId: trackIdSchema,
  kind: trackKindSchema,
  source: trackSourceSchema,
  muted: z.boolean(),
});
export type Track = Readonly<z.infer<typeof trackSchema>>;

/** Somebody in the room. `away`: the socket is gone, and it may still come back. */
export const participantSchema = z.object({
  participantId: z.string(),
  name: z.string(),
  away: z.boolean(),
  tracks: z.array(trackSchema),
});
export interface Participant extends Readonly<Omit<z.infer<typeof participantSchema>, 'tracks'>> {
  readonly tracks: readonly Track[];
}

/** Receive sections that the next offer must have more; `offer`: an offer is needed at all. */
export const sectionsNeededSchema = z.object({
  offer: z.boolean(),
  audio: z.int().min(0).max(sectionsNeededMax),
  video: z.int().min(0).max(sectionsNeededMax),
});
export type SectionsNeeded = Readonly<z.infer<typeof sectionsNeededSchema>>;
