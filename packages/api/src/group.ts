import { z } from 'zod';
import type { IceConfiguration } from './ice.ts';
import { candidateLengthMax, groupCursorLengthMax, groupSessionsMax, offerLengthMax } from './limits.ts';
import { participantIdSchema, participantNameSchema, roomIdSchema } from './room.ts';

/** Somebody in a room as clients of the group protocol know them: the session is the participant's name on the wire. */
export interface GroupUser {
  readonly name: string;
  readonly session: string;
}

/** Whom a connection is about; what else is said of them is not read. */
const aboutSchema = z.object({ session: participantIdSchema });

const sdpSchema = z.string().min(1).max(offerLengthMax);

/** A browser's `RTCIceCandidate` as JSON, or its line alone; `null` and an empty line: there are no more. */
const candidateSchema = z
  .union([z.string().max(candidateLengthMax), z.object({ candidate: z.string().max(candidateLengthMax) }), z.null()])
  .transform((candidate) => (typeof candidate === 'string' ? candidate : (candidate?.candidate ?? '')));

/** What nests too deep to be written is longer than anything. */
function lengthAsJson(message: object): number {
  try {
    return JSON.stringify(message).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

const cursorSchema = z
  .looseObject({ id: z.literal('mouseMove'), position: z.looseObject({ x: z.number(), y: z.number() }) })
  .refine((message) => lengthAsJson(message) <= groupCursorLengthMax, 'it is too long');

/** What clients of the group protocol send (docs/protocols/group.md). */
export const groupRequestSchema = z.discriminatedUnion('id', [
  z.object({
    id: z.literal('join'),
    /** Some clients count their rooms. */
    room: z.union([z.int().min(0).transform(String), roomIdSchema]),
    user: z.object({ name: participantNameSchema }),
  }),
  z.object({ id: z.literal('requestStream'), sessions: z.array(participantIdSchema).max(groupSessionsMax).nullish() }),
  z.object({ id: z.literal('offer'), sdpOffer: sdpSchema }),
  z.object({ id: z.literal('answer'), user: aboutSchema, sdpAnswer: sdpSchema }),
  z.object({ id: z.literal('iceCandidate'), user: aboutSchema, candidate: candidateSchema }),
  cursorSchema,
  z.object({ id: z.literal('leave') }),
  /** Not of the protocol of existing clients: in a room and outside. */
  z.object({ id: z.literal('iceServers') }),
]);
export type GroupRequest = Readonly<z.infer<typeof groupRequestSchema>>;

/** A shared cursor; fields that we do not know pass through as they are. */
export type GroupCursor = Readonly<z.infer<typeof cursorSchema>>;

/** What clients of the group protocol are told. */
export type GroupMessage =
  | {
      readonly id: 'participants';
      readonly user: GroupUser;
      readonly self: GroupUser;
      readonly participants: readonly GroupUser[];
    }
  | { readonly id: 'joined' | 'left'; readonly user: GroupUser }
  | { readonly id: 'offer'; readonly user: GroupUser; readonly sdpOffer: string }
  | { readonly id: 'answer'; readonly user: GroupUser; readonly sdpAnswer: string }
  | {
      readonly id: 'ice-candidate';
      readonly user: GroupUser;
      readonly candidate: { readonly candidate: string; readonly sdpMid: string; readonly sdpMLineIndex: number };
    }
  | (IceConfiguration & { readonly id: 'ice-servers' })
  | (Omit<GroupCursor, 'id'> & { readonly id: 'mouse-move'; readonly user: GroupUser })
  /** `user`: whose connection it is about, if it is about one that was there. */
  | { readonly id: 'error'; readonly code: string; readonly message: string; readonly user?: GroupUser };
