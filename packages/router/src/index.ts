export type { ImportOrigin } from './cascade/import-origin.ts';
export { emptyImportedPacket, type ImportedPacket } from './cascade/import-path.ts';
export type { ExportedClock, ExportedStream, ExportSink, ExportWish } from './cascade/track-export.ts';
export {
  consumersPerProducerMax,
  consumersPerSessionMax,
  producersPerSessionMax,
  sendersPerSessionMax,
} from './limits.ts';
export type {
  CodecParameters,
  ConsumerParameters,
  Extensions,
  Feedback,
  MediaKind,
  ProducerParameters,
  RouterSessionId,
  RouterSink,
  SenderParameters,
  SenderSource,
  SessionLimits,
  SinkStreamOptions,
} from './parameters.ts';
export type { FlowChange } from './producer-changes.ts';
export type { ReceivedPacket } from './receive/received-packet.ts';
export { Router, type RouterOptions } from './router.ts';
export type {
  ConsumerStatistics,
  ProducerStatistics,
  RouterStatistics,
  SenderStatistics,
  SessionStatistics,
} from './statistics.ts';
