/** What a peer or an endpoint is taken to cost until it is measured: a viewer of one HD video, or a meeting of ten. */
export const loadPerSession = 0.005;

/** How busy a media worker is: as it was measured last, and what was placed there since. */
export class WorkerLoad {
  #measured = 0;
  #placed = 0;

  /** Share of the time in which it is busy: 0 to 1. */
  get share(): number {
    return Math.min(1, this.#measured + this.#placed * loadPerSession);
  }

  /** One more was placed there, which costs nothing yet. */
  handlePlaced(): void {
    this.#placed += 1;
  }

  /** Measured now. Who was placed just before may not have begun. */
  measure(utilization: number): void {
    this.#measured = utilization;
    this.#placed /= 2;
  }
}
