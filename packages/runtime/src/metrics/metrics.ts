import type { Metric } from '@rivero/core';
import { Counter, Gauge, Registry } from 'prom-client';

/** All numbers of the program, in the text format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #parts: (() => void)[] = [];

  /** The media type of that format. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** A part of the program: what is told of it, and how it is asked; that is once each time that somebody reads. */
  add<Source>(metrics: readonly Metric<Source>[], ask: () => Source): void {
    const tellers = metrics.map((metric) => tellerOf(metric, this.#registry));
    this.#parts.push(() => {
      const source = ask();
      for (const tell of tellers) tell(source);
    });
  }

  read(): Promise<string> {
    for (const tell of this.#parts) tell();
    return this.#registry.metrics();
  }
}

/** Brings the library's instrument to what the part says. */
function tellerOf<Source>(
  { name, type, help, labels = [], read }: Metric<Source>,
  registry: Registry,
): (source: Source) => void {
  const options = { name, help, labelNames: labels, registers: [registry] };
  const instrument = type === 'counter' ? new Counter(options) : new Gauge(options);
  return (source) => {
    const told = read(source);
    instrument.reset();
    for (const { value, labels: given = {} } of typeof told === 'number' ? [{ value: told }] : told) {
      instrument.inc(given, value);
    }
  };
}
