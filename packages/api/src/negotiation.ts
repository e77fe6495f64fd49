import { z } from 'zod';
import { offerLengthMax, tracksMax } from './limits.ts';
import { midSchema, type SectionsNeeded, trackIdSchema, type TrackKind, trackSourceSchema } from './room.ts';

const offeredTrackSchema = z.object({
  mid: midSchema,
  trackId: trackIdSchema,
  source: trackSourceSchema,
  muted: z.boolean(),
});
/** A track in the offer: the section that carries it. */
export type OfferedTrack = Readonly<z.infer<typeof offeredTrackSchema>>;

/** Offer, for the first time or again. `fresh`: by a new peer connection, so that the server forgets the one before. */
export const negotiateRequestSchema = z.object({
  offer: z.string().min(1).max(offerLengthMax),
  tracks: z
    .array(offeredTrackSchema)
    .max(tracksMax)
    .refine(
      (tracks) =>
        new Set(tracks.map(({ trackId }) => trackId)).size === tracks.length &&
        new Set(tracks.map(({ mid }) => mid)).size === tracks.length,
      'two tracks have one name or one section',
    ),
  fresh: z.boolean(),
});
export type NegotiateRequest = Readonly<z.infer<typeof negotiateRequestSchema>>;

/** A track of our own that the server receives. */
export interface PublishedTrack {
  readonly trackId: string;
  readonly mid: string;
  readonly kind: TrackKind;
  /** RTP encoding name as in the SDP: `VP8`, `opus`, … */
  readonly codec: string;
}

/** Which section carries whose track. */
export interface SubscribedTrack {
  readonly mid: string;
  readonly trackId: string;
  readonly participantId: string;
}

/** A track that this browser cannot receive. */
export interface RefusedTrack {
  readonly trackId: string;
  readonly reason: 'no-common-codec';
}

/** The answer to an offer. */
export interface NegotiateResponse {
  /** SDP. */
  readonly answer: string;
  /** All of our own tracks after this negotiation. */
  readonly published: readonly PublishedTrack[];
  /** All tracks of others that we receive after this negotiation. */
  readonly subscribed: readonly SubscribedTrack[];
  readonly refused: readonly RefusedTrack[];
  readonly sectionsNeeded: SectionsNeeded;
}
