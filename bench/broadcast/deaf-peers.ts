import { Worker } from 'node:worker_threads';
import type { LoadConnector, LoadRole } from '@rivero/testkit';

type Negotiate = Parameters<LoadConnector['connect']>[2];

/** What the thread is told; `id` is that of a peer. */
export type DeafPeersRequest =
  | { readonly type: 'connect'; readonly id: number; readonly role: LoadRole; readonly sections: number }
  | { readonly type: 'answer'; readonly id: number; readonly answer: string }
  | { readonly type: 'sleep' };

export type DeafPeersEvent =
  | { readonly type: 'offer'; readonly id: number; readonly offer: string }
  | { readonly type: 'connected'; readonly id: number }
  | { readonly type: 'asleep' };

/** What is at the only place of the memory that the thread sleeps by. */
export const deafPeersState = { awake: 0, asleep: 1 } as const;

interface Connecting {
  readonly negotiate: Negotiate;
  readonly connected: PromiseWithResolvers<null>;
}

/**
 * Peers in a thread of their own. While it sleeps nobody reads what comes for them, and the kernel drops what their sockets
 * cannot hold, so that they take no processor. For longer than a server keeps a silent peer it must not sleep.
 */
export class DeafPeers implements LoadConnector {
  readonly #state = new Int32Array(new SharedArrayBuffer(4));
  readonly #thread: Worker;
  readonly #connecting = new Map<number, Connecting>();
  #asleep = Promise.withResolvers<null>();
  #count = 0;

  constructor() {
    this.#thread = new Worker(new URL('deaf-peers-thread.ts', import.meta.url), { workerData: this.#state });
    this.#thread.on('message', (event: DeafPeersEvent) => void this.#handle(event));
    this.#thread.on('error', (error) => {
      for (const { connected } of this.#connecting.values()) connected.reject(error);
    });
  }

  async connect(role: LoadRole, sections: number, negotiate: Negotiate): Promise<void> {
    const id = this.#count++;
    const connected = Promise.withResolvers<null>();
    this.#connecting.set(id, { negotiate, connected });
    this.#post({ type: 'connect', id, role, sections });
    await connected.promise;
  }

  /** From when it resolves on nothing is read. */
  async sleep(): Promise<void> {
    this.#asleep = Promise.withResolvers();
    Atomics.store(this.#state, 0, deafPeersState.asleep);
    this.#post({ type: 'sleep' });
    await this.#asleep.promise;
  }

  wake(): void {
    Atomics.store(this.#state, 0, deafPeersState.awake);
    Atomics.notify(this.#state, 0);
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  async #handle(event: DeafPeersEvent): Promise<void> {
    if (event.type === 'asleep') return this.#asleep.resolve(null);
    const { id } = event;
    const connecting = this.#connecting.get(id);
    if (connecting === undefined) return;
    if (event.type === 'connected') {
      this.#connecting.delete(id);
      return connecting.connected.resolve(null);
    }
    try {
      this.#post({ type: 'answer', id, answer: await connecting.negotiate(event.offer) });
    } catch (error) {
      connecting.connected.reject(error);
    }
  }

  #post(request: DeafPeersRequest): void {
    this.#thread.postMessage(request);
  }
}
