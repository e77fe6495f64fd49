import { assert } from '@rivero/core';

/** What a hub does with its ports. */
export interface Hub {
  openPort(portId: string): Promise<void>;
  closePort(portId: string): void;
}

/** All hubs, by their ids. */
export class HubTable {
  readonly #hubs = new Map<string, Hub>();

  get size(): number {
    return this.#hubs.size;
  }

  add(id: string, hub: Hub): void {
    this.#hubs.set(id, hub);
  }

  remove(id: string): void {
    this.#hubs.delete(id);
  }

  /** A hub is there as long as its ports are. */
  get(id: string): Hub {
    const hub = this.#hubs.get(id);
    assert(hub !== undefined, `hub ${id} is open`);
    return hub;
  }
}
