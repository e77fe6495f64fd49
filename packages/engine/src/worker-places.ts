import { assert, CodedError, elapsed, type Milliseconds, milliseconds, type MonotonicMs } from '@rivero/core';
import { monotonicNow } from '@rivero/transport';
import type { WorkerStatistics } from './contract.ts';
import { DropLog } from './drop-log.ts';
import type { EngineOptions } from './engine-options.ts';
import { MediaWorker, type MediaWorkerHandlers } from './media-worker.ts';
import { sleep } from './sleep.ts';
import { WorkerLoad } from './worker-load.ts';

/** Waits before a dead worker is replaced: none, then this, then doubling while replacements keep dying unasked. */
const respawnDelayFirst = milliseconds(100);
const respawnDelayMax = milliseconds(5_000);

/** A worker that was up for so long did not die of its start: the next one is not waited for. */
const steadyAfter = milliseconds(60_000);

/** Between two looks at what the workers dropped. */
const dropLogInterval = milliseconds(60_000);

/** Between two looks at whether the workers answer. */
const lookInterval = milliseconds(5_000);

/** Between two looks at how busy they are. */
const loadInterval = milliseconds(2_000);

/** Where one media worker after another runs. */
export interface WorkerPlace {
  readonly index: number;
  worker: MediaWorker | undefined;
  port: number;
  /** Of the present worker. */
  drops: DropLog;
  load: WorkerLoad;
  /** Branches of all rooms. */
  roomCount: number;
  isUp: boolean;
  /** Somebody asked for a new worker here. */
  isReplaced: boolean;
  upSince: MonotonicMs;
  /** Before the next replacement. */
  respawnDelay: Milliseconds;
}

export interface WorkerPlacesHandlers {
  /** Who hears what the worker of that place tells. */
  readonly handlersOf: (place: WorkerPlace) => Omit<MediaWorkerHandlers, 'onDeath' | 'onLog'>;
  /** Its worker is no more; answers the rooms that are lost with it. */
  readonly onDeath: (place: WorkerPlace) => readonly string[];
  /** There is a new worker at the place of the one with which these rooms were lost. */
  readonly onRespawned: (roomIds: readonly string[]) => void;
}

/** The media workers: each is started, looked after, and replaced when it dies. */
export class WorkerPlaces {
  readonly all: readonly WorkerPlace[];
  readonly #options: EngineOptions;
  readonly #handlers: WorkerPlacesHandlers;
  #timers: readonly NodeJS.Timeout[] = [];
  #datapath: 'native' | 'twin' = 'twin';
  #twinReason: string | undefined;
  #isStopped = false;

  constructor(options: EngineOptions, handlers: WorkerPlacesHandlers) {
    assert(options.workers >= 1, 'an engine has at least one media worker');
    this.#options = options;
    this.#handlers = handlers;
    this.all = Array.from({ length: options.workers }, (_, index) => ({
      index,
      worker: undefined,
      port: options.mediaPort === 0 ? 0 : options.mediaPort + index,
      drops: new DropLog(),
      load: new WorkerLoad(),
      roomCount: 0,
      isUp: false,
      isReplaced: false,
      upSince: monotonicNow(),
      respawnDelay: milliseconds(0),
    }));
  }

  async start(): Promise<void> {
    await Promise.all(this.all.map((place) => this.#startWorker(place)));
    const every = (interval: Milliseconds, action: () => void): NodeJS.Timeout => setInterval(action, interval).unref();
    this.#timers = [every(dropLogInterval, () => void this.#logDrops()), every(lookInterval, () => this.#look())];
    if (this.all.length > 1) this.#timers = [...this.#timers, every(loadInterval, () => this.#measureLoads())];
  }

  get isHealthy(): boolean {
    return !this.#isStopped && this.up.length === this.all.length;
  }

  get datapath(): 'native' | 'twin' {
    return this.#datapath;
  }

  get twinReason(): string | undefined {
    return this.#twinReason;
  }

  /** Those whose worker is up. */
  get up(): readonly WorkerPlace[] {
    return this.all.filter(({ isUp }) => isUp);
  }

  async statistics(): Promise<readonly WorkerStatistics[]> {
    const all = await Promise.all(this.all.map((place) => this.#statisticsOf(place)));
    return all.filter((statistics) => statistics !== undefined);
  }

  async replace(index: number): Promise<void> {
    const place = this.all[index];
    place.isReplaced = place.isUp;
    await place.worker?.kill();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    const workers = this.all.map(({ worker }) => worker).filter((worker) => worker !== undefined);
    await Promise.all(workers.map((worker) => worker.stop()));
  }

  /** `undefined` where there is no worker, or it ended meanwhile. */
  async #statisticsOf({ isUp, worker }: WorkerPlace): Promise<WorkerStatistics | undefined> {
    if (!isUp || worker === undefined) return undefined;
    try {
      return await worker.call('workerStatistics', {});
    } catch (error) {
      if (error instanceof CodedError) return undefined;
      throw error;
    }
  }

  async #logDrops(): Promise<void> {
    for (const place of this.all) {
      const { drops, index } = place;
      const statistics = await this.#statisticsOf(place);
      const line = statistics && drops.takeLine(statistics.counters);
      if (line !== undefined) this.#options.log.debug(`Media worker ${index} dropped: ${line}`);
    }
  }

  #look(): void {
    for (const { worker } of this.up) worker?.look();
  }

  #measureLoads(): void {
    const { loadOf } = this.#options.placement ?? {};
    for (const { index, worker, load } of this.up)
      if (worker !== undefined) load.measure(loadOf === undefined ? worker.takeUtilization() : loadOf(index));
  }

  async #startWorker(place: WorkerPlace): Promise<void> {
    const { datapath = 'auto', udp, tcp, externalIpv4, externalIpv6, dtlsPems = {}, rtpPorts, log } = this.#options;
    const settings = {
      port: place.port,
      datapath,
      udp,
      tcp,
      dtlsPems,
      ...(rtpPorts === undefined ? {} : { rtpPorts }),
      ...(externalIpv4 === undefined ? {} : { externalIpv4 }),
      ...(externalIpv6 === undefined ? {} : { externalIpv6 }),
    };
    const worker: MediaWorker = new MediaWorker(settings, {
      ...this.#handlers.handlersOf(place),
      onLog: (level, text) => log[level](text),
      onDeath: (cause) => this.#handleDeath(place, worker, cause),
    });
    place.worker = worker;
    place.drops = new DropLog();
    place.load = new WorkerLoad();
    const started = await worker.started();
    // What it told last and its end may come in one turn.
    if (place.worker !== worker) throw new CodedError('worker-lost', 'A media worker ended as soon as it was up.');
    place.port = started.port;
    this.#datapath = started.datapath;
    this.#twinReason = started.twinReason;
    // Its start is no sign of load.
    if (this.all.length > 1) worker.takeUtilization();
    place.isUp = true;
    place.upSince = monotonicNow();
  }

  #handleDeath(place: WorkerPlace, worker: MediaWorker, cause: string): void {
    // One that did not start ends only when the next one may be up.
    if (place.worker !== worker) return;
    const { index, isUp: wasUp, isReplaced } = place;
    place.isUp = false;
    place.isReplaced = false;
    place.worker = undefined;
    const roomIds = this.#handlers.onDeath(place);
    if (!wasUp || this.#isStopped) return;
    if (isReplaced || elapsed(place.upSince, monotonicNow()) >= steadyAfter) place.respawnDelay = milliseconds(0);
    const { log } = this.#options;
    const rooms = `its ${roomIds.length} rooms`;
    if (isReplaced) log.info(`Media worker ${index} is replaced on request; ${rooms} go on in the new one.`);
    else log.error(`Media worker ${index} ended, ${rooms} are lost: ${cause}`);
    void this.#respawn(place).then(() => this.#handlers.onRespawned(roomIds));
  }

  /** Tries until a worker is up again at this place; rooms are told after that, so that they can reopen at once. */
  async #respawn(place: WorkerPlace): Promise<void> {
    while (!place.isUp) {
      const delay = place.respawnDelay;
      place.respawnDelay = milliseconds(Math.min(Math.max(delay * 2, respawnDelayFirst), respawnDelayMax));
      if (delay > 0) await sleep(delay);
      if (this.#isStopped) return;
      try {
        await this.#startWorker(place);
      } catch (error) {
        const cause = error instanceof Error ? error.message : String(error);
        this.#options.log.error(`Media worker ${place.index} did not start again: ${cause}`);
      }
    }
  }
}
