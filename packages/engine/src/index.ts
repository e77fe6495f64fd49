export type {
  EngineEvent,
  MediaEngine,
  MediaKind,
  NegotiateAnswer,
  NegotiateRequest,
  OfferedTrack,
  PeerState,
  PublishedTrack,
  RefusedTrack,
  SectionsNeeded,
  SubscribedTrack,
} from './contract.ts';
