import { kurentoMetrics } from '@rivero/kurento';
import { roomMetrics } from '@rivero/platform';
import { formatConfigDocument, formatMetricsDocument, processMetrics } from '@rivero/runtime';
import { turnMetrics } from '@rivero/turn';

export interface MadeDocument {
  readonly place: string;
  readonly text: string;
}

/** The documents that are made from tables of the sources: settings and metrics. */
export function configDocuments(): readonly MadeDocument[] {
  return [
    { place: 'docs/config.md', text: formatConfigDocument('en') },
    { place: 'docs/zh/config.md', text: formatConfigDocument('zh') },
    {
      place: 'docs/metrics.md',
      text: formatMetricsDocument([...processMetrics, ...roomMetrics, ...turnMetrics, ...kurentoMetrics]),
    },
  ];
}
