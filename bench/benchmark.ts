/** Tells how far a benchmark is, in a few words, as often as it likes. */
export type TellProgress = (text: string) => void;

/** One benchmark: what it is called on the command line, what it must reach, and how it runs. */
export interface Benchmark {
  readonly name: string;
  readonly sentence: string;
  /** Throws a CodedError where something is missing that it needs. */
  readonly run: (tell: TellProgress) => Promise<BenchmarkResult>;
}

/** Figures of one run; `measured` at or under `limit` is good. */
export interface BenchmarkResult {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  readonly unit: string;
  /** Everything else that was measured, for the reader. */
  readonly details: Readonly<Record<string, number | string>>;
}
