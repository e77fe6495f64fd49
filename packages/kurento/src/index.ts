export { type Kurento, type KurentoOptions, type KurentoStatistics, startKurento } from './kurento.ts';
export { kurentoMetrics } from './kurento-metrics.ts';
export { KurentoError } from './kurento-error.ts';
export type { KurentoLog } from './kurento-log.ts';
export type { Json, ObjectDescription, ObjectEvent, ObjectModel } from './model.ts';
export type { AccessRules, CertificatePair } from './server/index.ts';
