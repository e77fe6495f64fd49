import type { Json } from '../model.ts';
import { isRecord, type JsonRecord } from '../objects/arguments.ts';

/** What may stand for a word in angle brackets, when it is of no further importance. */
const wildcards: Readonly<Record<string, (value: Json | undefined) => boolean>> = {
  '<uuid>': (value) => typeof value === 'string' && /^[\w-]{5,}$/.test(value),
  '<time>': (value) => (typeof value === 'string' && /^\d*$/.test(value)) || typeof value === 'number',
  '<number>': (value) => typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)),
  '<version>': (value) => typeof value === 'string' && value.startsWith('7.3.'),
  '<kmd>': (value) => typeof value === 'string' && value.startsWith('{"name"'),
  '<candidate>': (value) => typeof value === 'string' && value.startsWith('candidate:'),
  '<sdp again>': (value) => typeof value === 'string' && value.startsWith('v=0'),
  '<connection>': (value) => typeof value === 'string' && value !== '',
  '<bin>': (value) => typeof value === 'string' && value !== '',
};

/** Names that differ from run to run: what stands for them in the recording, and what they are in this run. */
export class Labels {
  readonly #names = new Map<string, string>();

  /** A request of this run for a recorded one. */
  toActual(recorded: Json | undefined): Json | undefined {
    if (typeof recorded === 'string') return this.#names.get(recorded) ?? recorded;
    if (Array.isArray(recorded)) return recorded.map((entry: Json) => this.toActual(entry) ?? null);
    if (!isRecord(recorded)) return recorded;
    return Object.fromEntries(Object.entries(recorded).map(([name, value]) => [name, this.toActual(value)]));
  }

  /**
   * What was said in this run as it would have been recorded, as far as it is what was recorded. Learns the names that the
   * recording has at the same place.
   */
  toRecorded(actual: Json | undefined, recorded: Json | undefined): Json | undefined {
    if (typeof recorded === 'string' && typeof actual !== 'object') return this.#scalar(actual, recorded);
    if (typeof actual === 'string') return this.#words(actual);
    if (Array.isArray(actual)) {
      const entries: readonly Json[] = Array.isArray(recorded) ? recorded : [];
      return actual.map((entry: Json, index) => this.toRecorded(entry, entries[index]) ?? null);
    }
    return isRecord(actual) ? this.#record(actual, isRecord(recorded) ? recorded : {}) : actual;
  }

  #record(actual: JsonRecord, recorded: JsonRecord): JsonRecord {
    return Object.fromEntries(
      Object.entries(actual).map(([key, value]) => {
        const name = this.#words(key);
        return [name, this.toRecorded(value, recorded[name])];
      }),
    );
  }

  #scalar(actual: Json | undefined, recorded: string): Json | undefined {
    if (wildcards[recorded]?.(actual)) return recorded;
    if (typeof actual !== 'string') return actual;
    if (!this.#names.has(recorded) && isNameFor(recorded, actual)) this.#names.set(recorded, actual);
    return this.#names.get(recorded) === actual ? recorded : this.#words(actual);
  }

  /** Longest first: the id of a pipeline begins those of its elements. */
  #words(text: string): string {
    const names = [...this.#names].toSorted(([, a], [, b]) => b.length - a.length);
    return names.reduce((worded, [label, name]) => worded.replaceAll(name, label), text);
  }
}

function isNameFor(label: string, name: string): boolean {
  const [, word, number] = /^<(\w+)(?: (\d+))?>$/.exec(label) ?? [];
  if (word === undefined) return false;
  if (number === undefined) return word === 'session' || word === 'server';
  return word === 'sdp' ? name.startsWith('v=0') : name.endsWith(`_kurento.${word}`);
}
