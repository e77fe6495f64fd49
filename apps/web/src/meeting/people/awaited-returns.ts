/** So long it is waited for who was there before the connection was lost. */
export const returnMs = 30_000;

/**
 * Who was in the room before we had to join anew, as after a restart of the server: they come back as we do, with other ids
 * but the same names. Who does not come back in time is told as missing.
 */
export class AwaitedReturns {
  readonly #onMissing: (names: readonly string[]) => void;
  #names: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onMissing: (names: readonly string[]) => void) {
    this.#onMissing = onMissing;
  }

  expect(name: string): void {
    this.#names.push(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), returnMs);
  }

  /** Whether one of that name was awaited, who is not any more. */
  take(name: string): boolean {
    const index = this.#names.indexOf(name);
    if (index >= 0) this.#names.splice(index, 1);
    return index >= 0;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#names = [];
  }

  #tell(): void {
    const names = this.#names;
    this.close();
    if (names.length > 0) this.#onMissing(names);
  }
}
