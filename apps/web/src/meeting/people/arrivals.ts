/** Who is told of it. */
export interface ArrivalsOptions {
  readonly onCame: (names: readonly string[]) => void;
  readonly onWent: (names: readonly string[]) => void;
}

/** So long it is waited for others, so that ten who come together are told at once. */
export const gatherMs = 1_200;

/** Gathers who comes and goes. Who comes and goes within the moment is not told. */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #came = new Map<string, string>();
  readonly #went = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  come(id: string, name: string): void {
    if (!this.#went.delete(id)) this.#came.set(id, name);
    this.#gather();
  }

  go(id: string, name: string): void {
    if (!this.#came.delete(id)) this.#went.set(id, name);
    this.#gather();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #gather(): void {
    this.#timer ??= setTimeout(() => this.#tell(), gatherMs);
  }

  #tell(): void {
    this.#timer = undefined;
    const [came, went] = [[...this.#came.values()], [...this.#went.values()]];
    this.#came.clear();
    this.#went.clear();
    if (came.length > 0) this.#options.onCame(came);
    if (went.length > 0) this.#options.onWent(went);
  }
}
