/** Of each list of names an object that is copied: thousands of sessions have several lists each. */
const zeros = new WeakMap<readonly string[], Readonly<Record<string, number>>>();

function zerosOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  const known = zeros.get(names);
  if (known !== undefined) return known;
  const made = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  zeros.set(names, made);
  return made;
}

/** How often each thing happened, by name. Dropped input is counted here, one name a reason. */
export class Counters<Name extends string> {
  readonly #counts: Record<Name, number>;

  /** All names exist from the start with 0, so that a reader sees what could happen. */
  constructor(names: readonly Name[]) {
    this.#counts = { ...zerosOf(names) };
  }

  count(name: Name, by = 1): void {
    this.#counts[name] += by;
  }

  get(name: Name): number {
    return this.#counts[name];
  }

  /** A copy of all counts. */
  snapshot(): Readonly<Record<Name, number>> {
    return { ...this.#counts };
  }
}
