import { type EventLoopUtilization } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { type Transferable, Worker } from 'node:worker_threads';
import { CodedError, milliseconds } from '@rivero/core';
import type { EngineEvent, PeerState } from './contract.ts';
import { sleep } from './sleep.ts';
import type {
  StartedWorker,
  WorkerCalls,
  WorkerMessage,
  WorkerMethod,
  WorkerRefusal,
  WorkerSettings,
} from './worker/index.ts';

/** What happens at endpoints and to their tracks. */
export type EndpointEvent = EngineEvent & { readonly type: 'endpoint' | 'track-flow' | 'track-changed' };

export interface MediaWorkerHandlers {
  readonly onPeerState: (roomId: string, peerId: string, state: PeerState) => void;
  readonly onSpeakers: (roomId: string, trackIds: readonly string[]) => void;
  readonly onEndpoint: (event: EndpointEvent) => void;
  /** A bug ended this room; the worker goes on. */
  readonly onRoomLost: (roomId: string) => void;
  readonly onLog: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;
  /** The thread ended without being asked to. */
  readonly onDeath: (cause: string) => void;
}

interface PendingCall {
  readonly resolve: (answer: WorkerCalls[WorkerMethod]['answer']) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Of each worker's heap. Without it a thousand peers that join make V8 take 40 MB more and keep them; with it a worker that
 * forwards 20,000 packets/s collects twice a second for half a millisecond, and takes no more CPU for that.
 */
const youngGenerationMegabytes = 12;

/**
 * Of each worker's old objects: one that holds on to what it should let go ends by itself, and is replaced, before the machine
 * has no memory left. Up, a worker has 17 MB; with 100 receivers 25, with 1,000 idle ones 45, and up to 70 while others come and
 * go: 20 kB for each session. V8's own limit is 4 GB where the machine has 16.
 */
const oldGenerationMegabytesMax = 1_024;

/** Calls under way at once to one worker; more are refused with `worker-busy`, but for those that close something. */
export const pendingCallsMax = 10_000;

/** A refused one would leave the worker with what the main thread forgets; there are no more than there is to close. */
const closingCalls: ReadonlySet<WorkerMethod> = new Set([
  'closeRoom',
  'removeBranch',
  'closeLink',
  'closePeer',
  'closeEndpoint',
  'stop',
]);

/** A thread that has said nothing since so many looks hangs. */
export const silentLooksMax = 6;

/** Before a thread is ended that does not answer that it has closed everything. */
export const stopPatience = milliseconds(3_000);

/** Where V8 would allow less, as on a small machine or by `--max-old-space-size`, that is the limit. */
function oldGenerationMegabytes(): number {
  return Math.min(oldGenerationMegabytesMax, Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20));
}

function errorOf(refusal: WorkerRefusal): CodedError {
  return new CodedError(refusal.code, refusal.message, refusal.context);
}

/** The main thread's end of one media worker: typed calls in, states out. */
export class MediaWorker {
  readonly #thread: Worker;
  readonly #handlers: MediaWorkerHandlers;
  readonly #pending = new Map<number, PendingCall>();
  readonly #started: Promise<StartedWorker>;
  #resolveStarted: (started: StartedWorker) => void = () => {};
  #rejectStarted: (error: Error) => void = () => {};
  #nextId = 1;
  #isStopping = false;
  #isDead = false;
  #cause = 'its thread ended';
  #silentLooks = 0;
  #utilization: EventLoopUtilization | undefined;

  constructor(settings: WorkerSettings, handlers: MediaWorkerHandlers) {
    this.#handlers = handlers;
    this.#started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    this.#thread = new Worker(new URL('./worker/worker-main.ts', import.meta.url), {
      workerData: settings,
      resourceLimits: {
        maxYoungGenerationSizeMb: youngGenerationMegabytes,
        maxOldGenerationSizeMb: oldGenerationMegabytes(),
      },
    });
    this.#thread.on('message', (message: WorkerMessage) => this.#handleMessage(message));
    this.#thread.on('error', (error) => {
      this.#cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    this.#thread.on('exit', () => this.#handleExit());
  }

  /** Resolves once its sockets are open; rejects with the coded error that kept it from that. */
  started(): Promise<StartedWorker> {
    return this.#started;
  }

  call<Method extends WorkerMethod>(
    method: Method,
    request: WorkerCalls[Method]['request'],
    transfer: readonly Transferable[] = [],
  ): Promise<WorkerCalls[Method]['answer']> {
    if (this.#isDead) return Promise.reject(this.#lost());
    if (this.#pending.size >= pendingCallsMax && !closingCalls.has(method)) {
      return Promise.reject(new CodedError('worker-busy', 'The media worker is overloaded; try again in a moment.'));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#thread.postMessage({ id, method, request }, transfer);
    });
  }

  /** Closes all associations and ends the thread. */
  async stop(): Promise<void> {
    if (this.#isDead) return;
    this.#isStopping = true;
    await Promise.race([this.call('stop', {}).catch(() => {}), sleep(stopPatience)]);
    await this.#thread.terminate();
  }

  /** Told every few seconds: a thread that hangs is ended as by a crash, for it would keep its rooms for ever. */
  look(): void {
    if (this.#isStopping) return;
    if (this.#silentLooks === silentLooksMax) {
      this.#cause = 'it hung: it answered nothing for some time';
      void this.#thread.terminate();
      return;
    }
    this.#silentLooks += 1;
    // It may be asked for nothing else, or for what takes its time.
    void this.call('ping', {}).catch(() => {});
  }

  /** Share of the time since the last call in which it had something to do: 0 to 1. */
  takeUtilization(): number {
    const before = this.#utilization;
    this.#utilization = this.#thread.performance.eventLoopUtilization();
    return this.#thread.performance.eventLoopUtilization(this.#utilization, before).utilization;
  }

  /** Ends the thread at once, as a crash would. */
  async kill(): Promise<void> {
    this.#cause = 'it was replaced on request';
    await this.#thread.terminate();
  }

  #lost(): CodedError {
    return new CodedError('room-lost', 'The media worker of this room ended; open the room anew.');
  }

  #handleMessage(message: WorkerMessage): void {
    this.#silentLooks = 0;
    switch (message.type) {
      case 'ready':
        this.#resolveStarted(message.started);
        return;
      case 'refused':
        this.#rejectStarted(errorOf(message.error));
        return;
      case 'answer':
        this.#take(message.id)?.resolve(message.answer);
        return;
      case 'error':
        this.#take(message.id)?.reject(errorOf(message.error));
        return;
      case 'peer-state':
        this.#handlers.onPeerState(message.roomId, message.peerId, message.state);
        return;
      case 'speakers':
        this.#handlers.onSpeakers(message.roomId, message.trackIds);
        return;
      case 'endpoint':
      case 'track-flow':
      case 'track-changed':
        this.#handlers.onEndpoint(message);
        return;
      case 'room-lost':
        this.#handlers.onRoomLost(message.roomId);
        return;
      case 'log':
        this.#handlers.onLog(message.level, message.text);
        return;
    }
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    return call;
  }

  #handleExit(): void {
    this.#isDead = true;
    for (const call of this.#pending.values()) call.reject(this.#lost());
    this.#pending.clear();
    this.#rejectStarted(new CodedError('worker-lost', `A media worker ended while it started: ${this.#cause}`));
    if (!this.#isStopping) this.#handlers.onDeath(this.#cause);
  }
}
