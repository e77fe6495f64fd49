export { consumersPerProducerMax, consumersPerSessionMax, producersPerSessionMax } from './limits.ts';
export type {
  CodecParameters,
  ConsumerParameters,
  Extensions,
  Feedback,
  MediaKind,
  ProducerParameters,
  RouterSessionId,
  RouterSink,
  SinkStreamOptions,
} from './parameters.ts';
export { Router, type RouterOptions } from './router.ts';
export type { ConsumerStatistics, ProducerStatistics, RouterStatistics } from './statistics.ts';
