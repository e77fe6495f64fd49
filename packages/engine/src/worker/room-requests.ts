import type { WorkerRequest } from './worker-protocol.ts';

export interface RoomRequestsOptions {
  /** What the request has to wait for; `undefined`: nothing. Whether it comes about or not, the request goes on. */
  readonly prepare: (request: WorkerRequest) => Promise<void> | undefined;
  readonly take: (request: WorkerRequest) => void;
}

/** Takes the requests about each room in their order: behind one that waits for something, those of its room wait too. */
export class RoomRequests {
  readonly #options: RoomRequestsOptions;
  /** Behind one that waits, by room. */
  readonly #held = new Map<string, WorkerRequest[]>();

  constructor(options: RoomRequestsOptions) {
    this.#options = options;
  }

  handle(call: WorkerRequest): void {
    const roomId = 'roomId' in call.request ? call.request.roomId : undefined;
    const held = roomId === undefined ? undefined : this.#held.get(roomId);
    if (held !== undefined) return void held.push(call);
    const ready = this.#options.prepare(call);
    if (ready === undefined || roomId === undefined) return this.#options.take(call);
    this.#held.set(roomId, []);
    const goOn = (): void => this.#goOn(roomId, call);
    void ready.then(goOn, goOn);
  }

  #goOn(roomId: string, call: WorkerRequest): void {
    const held = this.#held.get(roomId) ?? [];
    this.#held.delete(roomId);
    this.#options.take(call);
    for (const one of held) this.handle(one);
  }
}
