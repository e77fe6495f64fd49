import { type MonotonicMs, never } from './units.ts';

interface Entry<Item> {
  readonly item: Item;
  at: MonotonicMs;
  /** In the heap. */
  place: number;
}

/**
 * What is due when, one deadline an item: for parents of many items that end at times of their own. A binary heap that knows
 * where its items stand, so that setting, moving and taking cost the logarithm of their number, and reading the first nothing.
 */
export class Deadlines<Item> {
  readonly #entries = new Map<Item, Entry<Item>>();
  readonly #heap: Entry<Item>[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest of all. */
  first(): MonotonicMs {
    return this.#heap.length === 0 ? never : this.#heap[0].at;
  }

  /** Moves the deadline of an item that has one; `never` takes it away. */
  set(item: Item, at: MonotonicMs): void {
    if (at === never) return this.delete(item);
    const known = this.#entries.get(item);
    const entry = known ?? { item, at, place: this.#heap.length };
    if (known === undefined) {
      this.#entries.set(item, entry);
      this.#heap.push(entry);
    }
    entry.at = at;
    this.#settle(entry);
  }

  delete(item: Item): void {
    const entry = this.#entries.get(item);
    if (entry === undefined) return;
    this.#entries.delete(item);
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    last.place = entry.place;
    this.#heap[last.place] = last;
    this.#settle(last);
  }

  /** Takes out the item that is due first; `undefined`: none is due yet. */
  takeDue(now: MonotonicMs): Item | undefined {
    if (this.#heap.length === 0 || this.first() > now) return undefined;
    const [{ item }] = this.#heap;
    this.delete(item);
    return item;
  }

  /** Where it belongs: up while it is due before its parent, down while a child is due before it. */
  #settle(entry: Entry<Item>): void {
    while (entry.place > 0) {
      const parent = this.#heap[(entry.place - 1) >> 1];
      if (parent.at <= entry.at) break;
      this.#swap(parent, entry);
    }
    for (;;) {
      const child = this.#earlierChild(entry.place);
      if (child === undefined || child.at >= entry.at) return;
      this.#swap(entry, child);
    }
  }

  #earlierChild(place: number): Entry<Item> | undefined {
    const left = 2 * place + 1;
    if (left >= this.#heap.length) return undefined;
    const right = left + 1;
    return this.#heap[right < this.#heap.length && this.#heap[right].at < this.#heap[left].at ? right : left];
  }

  #swap(upper: Entry<Item>, lower: Entry<Item>): void {
    [upper.place, lower.place] = [lower.place, upper.place];
    this.#heap[upper.place] = upper;
    this.#heap[lower.place] = lower;
  }
}
