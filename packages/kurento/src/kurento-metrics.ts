import type { Metric } from '@rivero/core';
import type { KurentoStatistics } from './kurento.ts';

/** What is told to Prometheus of the Kurento API. */
export const kurentoMetrics: readonly Metric<KurentoStatistics>[] = [
  {
    name: 'rivero_kurento_connections',
    type: 'gauge',
    help: 'WebSockets of clients of the Kurento API.',
    read: ({ sockets }) => sockets,
  },
  {
    name: 'rivero_kurento_sessions',
    type: 'gauge',
    help: 'Sessions of the Kurento API; they outlive their connection for a while.',
    read: ({ sessions }) => sessions,
  },
  {
    name: 'rivero_kurento_objects',
    type: 'gauge',
    help: 'Pipelines, elements and all other objects of the Kurento API.',
    read: ({ objects }) => objects,
  },
];
