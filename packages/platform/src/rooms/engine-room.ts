import { CodedError } from '@rivero/core';
import type { EndpointEngine, MediaEngine } from '@rivero/engine';

export interface EngineRoomOptions {
  readonly roomId: string;
  readonly engine: MediaEngine & EndpointEngine;
}

/** The engine answers so when it lost what we believe to be there. */
const lossCodes = new Set(['room-unknown', 'room-lost', 'peer-unknown', 'endpoint-unknown']);

/** Whether a refusal of the engine says that something is gone which we believe to be there. */
export function isLoss(error: unknown): boolean {
  return error instanceof CodedError && lossCodes.has(error.code);
}

/** A room in the engine: opened for the first who needs it, and known to be lost once somebody asked. */
export class EngineRoom {
  readonly id: string;
  readonly engine: MediaEngine & EndpointEngine;
  #isOpen = false;
  #opening: Promise<void> | undefined;

  constructor({ roomId, engine }: EngineRoomOptions) {
    this.id = roomId;
    this.engine = engine;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async open(): Promise<void> {
    if (this.#isOpen) return;
    this.#opening ??= this.engine.openRoom(this.id);
    try {
      await this.#opening;
      this.#isOpen = true;
    } finally {
      this.#opening = undefined;
    }
  }

  /** Does nothing when it is not open. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.engine.closeRoom(this.id);
  }

  /** Names of the peers that are left; none when the room was lost, which has to be opened again. */
  async peersLeft(): Promise<ReadonlySet<string>> {
    try {
      const { peers } = await this.engine.statistics(this.id);
      return new Set(peers.map(({ peerId }) => peerId));
    } catch (error) {
      if (!isLoss(error)) throw error;
      this.#isOpen = false;
      return new Set();
    }
  }
}
