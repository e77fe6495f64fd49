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
  RoomStatistics,
  SectionsNeeded,
  SubscribedTrack,
  WorkerStatistics,
} from './contract.ts';
export { type EngineLog, type EngineOptions, type RunningEngine, startEngine } from './engine.ts';
