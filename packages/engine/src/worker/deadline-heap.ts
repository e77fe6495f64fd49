import { type MonotonicMs, never } from '@rivero/core';

interface Entry<Item> {
  readonly item: Item;
  at: MonotonicMs;
  index: number;
}

/** The deadlines of many, of which the first is known at once; a change costs as many steps as the heap is deep. */
export class DeadlineHeap<Item> {
  readonly #entries = new Map<Item, Entry<Item>>();
  /** No entry is due before the one at half its index. */
  readonly #heap: Entry<Item>[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest deadline; `never` without any. */
  first(): MonotonicMs {
    return this.#heap[0]?.at ?? never;
  }

  /** Takes the place of the item's deadline before; `never`: it has none. */
  set(item: Item, at: MonotonicMs): void {
    const entry = this.#entries.get(item);
    if (at === never) return this.delete(item);
    if (entry === undefined) {
      const added = { item, at, index: this.#heap.length };
      this.#entries.set(item, added);
      this.#heap.push(added);
      this.#rise(added);
      return;
    }
    entry.at = at;
    this.#rise(entry);
    this.#sink(entry);
  }

  delete(item: Item): void {
    const entry = this.#entries.get(item);
    const last = this.#heap.at(-1);
    if (entry === undefined || last === undefined) return;
    this.#entries.delete(item);
    this.#heap.pop();
    if (last === entry) return;
    this.#place(last, entry.index);
    this.#rise(last);
    this.#sink(last);
  }

  /** The items whose deadline has come, first ones first; they have none until the next {@link set}. */
  takeDue(now: MonotonicMs): readonly Item[] {
    const due: Item[] = [];
    while (this.first() <= now) {
      const [{ item }] = this.#heap;
      due.push(item);
      this.delete(item);
    }
    return due;
  }

  #place(entry: Entry<Item>, index: number): void {
    this.#heap[index] = entry;
    entry.index = index;
  }

  #swap(a: Entry<Item>, b: Entry<Item>): void {
    const { index } = a;
    this.#place(a, b.index);
    this.#place(b, index);
  }

  #rise(entry: Entry<Item>): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1];
      if (parent.at <= entry.at) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry<Item>): void {
    for (;;) {
      const left = entry.index * 2 + 1;
      if (left >= this.#heap.length) return;
      const isRightFirst = left + 1 < this.#heap.length && this.#heap[left + 1].at < this.#heap[left].at;
      const first = this.#heap[isRightFirst ? left + 1 : left];
      if (first.at >= entry.at) return;
      this.#swap(entry, first);
    }
  }
}
