import type { Metric } from '@rivero/core';
import type { ProcessUse } from './process-use.ts';

/**
 * What is told to Prometheus of the program as such; the first names are those that every program has. The library's own
 * list is longer, but lists every socket and file at each look, which holds the main thread, and with it the packets that
 * it relays, for 30 ms where there are 8,000.
 */
export const processMetrics: readonly Metric<ProcessUse>[] = [
  {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time of all threads, in seconds.',
    read: ({ cpu }) => cpu,
  },
  {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Memory of the whole program.',
    read: ({ memory: { rss } }) => rss,
  },
  {
    name: 'process_start_time_seconds',
    type: 'gauge',
    help: 'When the program was started, in seconds since 1970.',
    read: ({ startedAt }) => startedAt,
  },
  {
    name: 'nodejs_heap_size_used_bytes',
    type: 'gauge',
    help: 'Objects of the main thread.',
    read: ({ memory: { heapUsed } }) => heapUsed,
  },
  {
    name: 'nodejs_external_memory_bytes',
    type: 'gauge',
    help: 'Buffers of the main thread.',
    read: ({ memory: { external } }) => external,
  },
  {
    name: 'nodejs_eventloop_active_seconds_total',
    type: 'counter',
    help: 'Seconds in which the main thread, which has signaling and TURN, had something to do; a rate of 1 is all it can.',
    read: ({ active }) => active,
  },
  {
    name: 'nodejs_eventloop_lag_max_seconds',
    type: 'gauge',
    help: 'By how much something was late on the main thread at most, since somebody read it last.',
    read: ({ latenessMax }) => latenessMax,
  },
  {
    name: 'rivero_build_info',
    type: 'gauge',
    help: 'Always 1; the label is the version of Rivero.',
    labels: ['version'],
    read: ({ version }) => [{ value: 1, labels: { version } }],
  },
];
