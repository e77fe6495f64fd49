export { type ClientEvents, type LeaveReason, type ServerEvents, signalingPath } from './events.ts';
export { messageBytesMax, nameLengthMax, offerLengthMax, roomIdLengthMax, tracksMax } from './limits.ts';
export {
  type JoinRequest,
  joinRequestSchema,
  type NegotiateRequest,
  negotiateRequestSchema,
  type NegotiateResponse,
  type OfferedTrack,
  offeredTrackSchema,
  type Refusal,
  type Reply,
  type ResumeRequest,
  resumeRequestSchema,
  type RoomSnapshot,
  type SetMutedRequest,
  setMutedRequestSchema,
  type SubscribedTrack,
} from './requests.ts';
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
