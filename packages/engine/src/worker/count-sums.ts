/** Sums of counters by part and name. */
export class CountSums {
  readonly #parts = new Map<string, Map<string, number>>();

  add(counts: Readonly<Record<string, Readonly<Record<string, number>>>>): void {
    for (const [part, names] of Object.entries(counts)) {
      const sums = this.#parts.get(part) ?? new Map<string, number>();
      this.#parts.set(part, sums);
      for (const [name, count] of Object.entries(names)) sums.set(name, (sums.get(name) ?? 0) + count);
    }
  }

  /** By part: what `add` takes. */
  byPart(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries([...this.#parts].map(([part, sums]) => [part, Object.fromEntries(sums)]));
  }

  /** By part and name, such as `datapath/receive-pool-empty`. */
  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#parts].flatMap(([part, sums]) => [...sums].map(([name, count]) => [`${part}/${name}`, count])),
    );
  }
}
