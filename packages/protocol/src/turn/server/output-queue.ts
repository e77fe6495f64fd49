import type { TurnOutput, TurnServerEvent } from './turn-server-output.ts';

/** Events that nobody fetched; a driver that fetches after each input never comes near. */
export const eventsMax = 1_024;

/** What waits for the driver. Outputs are as many as allocations allow; events are told as long as there is room. */
export class OutputQueue {
  readonly #outputs: TurnOutput[] = [];
  /** The first that nobody fetched: to shift many is slow. */
  #first = 0;
  readonly #events: TurnServerEvent[] = [];

  push(output: TurnOutput): void {
    this.#outputs.push(output);
  }

  tell(event: TurnServerEvent): void {
    if (this.#events.length < eventsMax) this.#events.push(event);
  }

  pollOutput(): TurnOutput | undefined {
    if (this.#first < this.#outputs.length) return this.#outputs[this.#first++];
    if (this.#first > 0) this.#outputs.length = this.#first = 0;
    return undefined;
  }

  pollEvent(): TurnServerEvent | undefined {
    return this.#events.shift();
  }
}
