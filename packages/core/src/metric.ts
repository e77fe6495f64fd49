/** One number of a metric. */
export interface MetricValue {
  readonly value: number;
  /** What tells it from the others of its metric: a value for each of the metric's labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What is told to Prometheus of a part of the program: a name for numbers, and how they are read when somebody asks. */
export interface Metric<Source> {
  /** As Prometheus has them: `rivero_PART_…`, base units, `_total` at the end of counters. */
  readonly name: string;
  /** Counters only go up, until the program starts anew. */
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly labels?: readonly string[];
  readonly read: (source: Source) => number | readonly MetricValue[];
}
