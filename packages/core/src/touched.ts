/** What can be touched knows whether it was. */
export interface Touchable {
  isTouched: boolean;
}

/**
 * What the batch in hand touched, in order, each once. A `Set` that is emptied with each batch would leave its table behind as
 * garbage each time.
 */
export class Touched<Item extends Touchable> {
  readonly #items: (Item | undefined)[] = [];
  #count = 0;

  /** How many there are to ask {@link at} for, those included that were deleted. */
  get count(): number {
    return this.#count;
  }

  add(item: Item): void {
    if (item.isTouched) return;
    item.isTouched = true;
    this.#items[this.#count++] = item;
  }

  delete(item: Item): void {
    item.isTouched = false;
  }

  /** `undefined`: it was deleted. */
  at(index: number): Item | undefined {
    const item = this.#items[index];
    return item?.isTouched === true ? item : undefined;
  }

  clear(): void {
    for (let i = 0; i < this.#count; i++) {
      const item = this.#items[i];
      if (item !== undefined) item.isTouched = false;
      this.#items[i] = undefined;
    }
    this.#count = 0;
  }
}
