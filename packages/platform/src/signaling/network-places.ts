/** Counts the sockets of each network that clients come from, up to a limit. */
export class NetworkPlaces {
  readonly #placesMax: number;
  readonly #taken = new Map<string, number>();

  constructor(placesMax: number) {
    this.#placesMax = placesMax;
  }

  isFull(network: string | undefined): boolean {
    return network !== undefined && (this.#taken.get(network) ?? 0) >= this.#placesMax;
  }

  take(network: string | undefined): void {
    if (network !== undefined) this.#taken.set(network, (this.#taken.get(network) ?? 0) + 1);
  }

  free(network: string | undefined): void {
    if (network === undefined) return;
    const left = (this.#taken.get(network) ?? 1) - 1;
    if (left > 0) this.#taken.set(network, left);
    else this.#taken.delete(network);
  }
}
