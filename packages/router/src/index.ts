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
export { Router, type RouterOptions } from './router.ts';
export type {
  ConsumerStatistics,
  ProducerStatistics,
  RouterStatistics,
  SenderStatistics,
  SessionStatistics,
} from './statistics.ts';
