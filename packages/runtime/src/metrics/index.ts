export { formatMetricsDocument } from './metrics-document.ts';
export { Metrics } from './metrics.ts';
export { processMetrics } from './process-metrics.ts';
export { type ProcessUse, watchProcess } from './process-use.ts';
