import { assert } from '../assert.ts';

/** Handles spend 20 bits on the index, 12 on the generation. */
const indexBits = 20;
const indexMask = (1 << indexBits) - 1;
const generationMask = 0xfff;

/**
 * Objects behind 32-bit handles that fit a typed array: an index and the generation of the place it names, so that a
 * handle of something closed finds nothing instead of its successor (until 4,095 successors later).
 */
export class HandleTable<Handle extends number, Value> {
  readonly #values: (Value | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];
  readonly #placesMax: number;
  #size = 0;

  constructor(placesMax: number) {
    assert(placesMax < indexMask, 'a handle table has at most 2^20 - 1 places');
    this.#placesMax = placesMax;
  }

  get size(): number {
    return this.#size;
  }

  /** The handle of the value, or `undefined` when the table is full. */
  open(value: Value): Handle | undefined {
    let index = this.#free.pop();
    if (index === undefined) {
      if (this.#values.length >= this.#placesMax) return undefined;
      index = this.#values.length;
      this.#generations[index] = 0;
    }
    this.#values[index] = value;
    this.#size += 1;
    return (((this.#generations[index] << indexBits) | index) >>> 0) as Handle;
  }

  /** The value, or `undefined` when the handle was closed or never existed. */
  get(handle: Handle): Value | undefined {
    const index = handle & indexMask;
    return this.#generations[index] === handle >>> indexBits ? this.#values[index] : undefined;
  }

  /** Takes the value out; `undefined` when the handle was closed or never existed. */
  close(handle: Handle): Value | undefined {
    const value = this.get(handle);
    if (value === undefined) return undefined;
    const index = handle & indexMask;
    this.#values[index] = undefined;
    this.#generations[index] = (this.#generations[index] + 1) & generationMask;
    this.#free.push(index);
    this.#size -= 1;
    return value;
  }

  *values(): IterableIterator<Value> {
    for (const value of this.#values) if (value !== undefined) yield value;
  }
}
