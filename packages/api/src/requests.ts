import { z } from 'zod';
import { offerLengthMax, tracksMax } from './limits.ts';
import {
  midSchema,
  type Participant,
  participantNameSchema,
  roomIdSchema,
  type SectionsNeeded,
  trackIdSchema,
  type TrackKind,
  trackSourceSchema,
} from './room.ts';

/** Enter a room. */
export const joinRequestSchema = z.object({ room: roomIdSchema, name: participantNameSchema });
export type JoinRequest = Readonly<z.infer<typeof joinRequestSchema>>;

/** Take up a participant again with a new socket; its media went on. */
export const resumeRequestSchema = z.object({ resumeToken: z.string().min(1).max(128) });
export type ResumeRequest = Readonly<z.infer<typeof resumeRequestSchema>>;

/** The room as it is now, for somebody who enters or comes back. */
export interface RoomSnapshot {
  readonly room: string;
  readonly participantId: string;
  /** Secret: whoever has it can be this participant for 30 s after its socket is lost. */
  readonly resumeToken: string;
  readonly capacity: number;
  /** Without the one who asks. */
  readonly participants: readonly Participant[];
  readonly sectionsNeeded: SectionsNeeded;
  /** False: the media association is no more, and a new one must be negotiated. */
  readonly hasMedia: boolean;
}

/** A track in the offer: the section that carries it. */
export const offeredTrackSchema = z.object({
  mid: midSchema,
  trackId: trackIdSchema,
  source: trackSourceSchema,
  muted: z.boolean(),
});
export type OfferedTrack = Readonly<z.infer<typeof offeredTrackSchema>>;

/** Offer, for the first time or again. `fresh`: by a new peer connection, so that the server forgets the one before. */
export const negotiateRequestSchema = z.object({
  offer: z.string().min(1).max(offerLengthMax),
  tracks: z.array(offeredTrackSchema).max(tracksMax),
  fresh: z.boolean(),
});
export type NegotiateRequest = Readonly<z.infer<typeof negotiateRequestSchema>>;

/** Which section carries whose track. */
export interface SubscribedTrack {
  readonly mid: string;
  readonly trackId: string;
  readonly participantId: string;
}

export interface NegotiateResponse {
  readonly answer: string;
  readonly published: readonly {
    readonly trackId: string;
    readonly mid: string;
    readonly kind: TrackKind;
    readonly codec: string;
  }[];
  readonly subscribed: readonly SubscribedTrack[];
  /** Tracks that this browser cannot receive. */
  readonly refused: readonly { readonly trackId: string; readonly reason: 'no-common-codec' }[];
  readonly sectionsNeeded: SectionsNeeded;
}

/** Tell the others that a track is muted, or no longer. */
export const setMutedRequestSchema = z.object({ trackId: trackIdSchema, muted: z.boolean() });
export type SetMutedRequest = Readonly<z.infer<typeof setMutedRequestSchema>>;

/** A refused request: a stable code (docs/errors.md) and what to do. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** The answer to every request. */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Refusal };
