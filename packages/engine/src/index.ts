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
export type {
  CryptoSuite,
  EndpointCandidate,
  EndpointChange,
  EndpointDirection,
  EndpointDtlsState,
  EndpointEngine,
  EndpointIceState,
  EndpointOptions,
  EndpointSettings,
  EndpointStatistics,
  ReceivedStreamStatistics,
  ServerAddress,
  SentStreamStatistics,
  TurnServer,
} from './endpoint-contract.ts';
export type { EngineLog, EngineOptions } from './engine-options.ts';
export { type RunningEngine, startEngine } from './engine.ts';
