export {
  type JoinRequest,
  joinRequestSchema,
  type ResumeRequest,
  resumeRequestSchema,
  type RoomSnapshot,
} from './entry.ts';
export { type ClientEvents, type LeaveReason, type ServerEvents, signalingPath } from './events.ts';
export { messageBytesMax, nameLengthMax, offerLengthMax, roomIdLengthMax, tracksMax } from './limits.ts';
export { type SetMutedRequest, setMutedRequestSchema } from './muting.ts';
export {
  type NegotiateRequest,
  negotiateRequestSchema,
  type NegotiateResponse,
  type OfferedTrack,
  offeredTrackSchema,
  type PublishedTrack,
  type RefusedTrack,
  type SubscribedTrack,
} from './negotiation.ts';
export type { Refusal, Reply } from './reply.ts';
export {
  type Participant,
  participantNameSchema,
  participantSchema,
  roomIdSchema,
  type SectionsNeeded,
  sectionsNeededSchema,
  type Track,
  trackIdSchema,
  type TrackKind,
  trackKindSchema,
  trackSchema,
  type TrackSource,
  trackSourceSchema,
} from './room.ts';
