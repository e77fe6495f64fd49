export {
  type ChatMessage,
  chatTextSchema,
  type SendChatRequest,
  sendChatRequestSchema,
  type SendChatResponse,
} from './chat.ts';
export { type EmptyRequest, emptyRequestSchema } from './empty-request.ts';
export {
  type JoinRequest,
  joinRequestSchema,
  type ResumeRequest,
  resumeRequestSchema,
  type RoomSnapshot,
} from './entry.ts';
export {
  type ClientEvents,
  type LeaveReason,
  type ModerationRequests,
  type ServerEvents,
  signalingPath,
} from './events.ts';
export { type GroupCursor, type GroupMessage, type GroupRequest, groupRequestSchema, type GroupUser } from './group.ts';
export { type SetHandRequest, setHandRequestSchema, type SetHandResponse } from './hands.ts';
export type { IceConfiguration, IceServer } from './ice.ts';
export {
  candidateLengthMax,
  chatHistoryLengthMax,
  chatHistoryMax,
  chatLengthMax,
  groupCursorLengthMax,
  groupSessionsMax,
  hostTokenLengthMax,
  messageBytesMax,
  nameLengthMax,
  offerLengthMax,
  roomIdLengthMax,
  tracksMax,
} from './limits.ts';
export {
  type AskedSource,
  type AskToMuteRequest,
  askToMuteRequestSchema,
  type LockRoomRequest,
  lockRoomRequestSchema,
  type ParticipantRequest,
  participantRequestSchema,
  type SetRelayOnlyRequest,
  setRelayOnlyRequestSchema,
} from './moderation.ts';
export { type SetMutedRequest, setMutedRequestSchema } from './muting.ts';
export {
  type NegotiateRequest,
  negotiateRequestSchema,
  type NegotiateResponse,
  type OfferedTrack,
  type PublishedTrack,
  type RefusedTrack,
  type SubscribedTrack,
} from './negotiation.ts';
export { type ReactRequest, reactRequestSchema } from './react-request.ts';
export { type Reaction, reactions } from './reactions.ts';
export { type SetReceivedRequest, setReceivedRequestSchema } from './receiving.ts';
export { type SetSentRequest, setSentRequestSchema } from './sending.ts';
export { isVisible } from './readable-text.ts';
export type { Refusal, Reply } from './reply.ts';
export {
  type Participant,
  type Role,
  type SectionsNeeded,
  type Track,
  type TrackKind,
  type TrackSource,
} from './room.ts';
