import { assert, CodedError, elapsed, type Milliseconds, milliseconds, type MonotonicMs } from '@rivero/core';
import { monotonicNow } from '@rivero/transport';
import type {
  EngineEvent,
  MediaEngine,
  MediaKind,
  NegotiateAnswer,
  NegotiateRequest,
  RoomStatistics,
  SectionsNeeded,
  WorkerStatistics,
} from './contract.ts';
import { DropLog } from './drop-log.ts';
import type {
  EndpointCandidate,
  EndpointDirection,
  EndpointEngine,
  EndpointOptions,
  EndpointSettings,
  EndpointStatistics,
} from './endpoint-contract.ts';
import type { EngineOptions } from './engine-options.ts';
import { type EndpointEvent, MediaWorker } from './media-worker.ts';
import { sleep } from './sleep.ts';

/** The whole engine as the composition root holds it. */
export interface RunningEngine extends MediaEngine, EndpointEngine {
  /** What handles the packets of its workers. */
  readonly datapath: 'native' | 'twin';
  /** Every media worker is up. */
  isHealthy(): boolean;
  /** Of each media worker, in worker order; those that are being replaced are left out. */
  workerStatistics(): Promise<readonly WorkerStatistics[]>;
  /** The ports that the workers listen on, in worker order. */
  readonly ports: readonly number[];
  /** Ends a media worker at once, as a crash would; a new one takes its place and sees the machine's present addresses. */
  replaceWorker(index: number): Promise<void>;
  stop(): Promise<void>;
}

/** Waits before a dead worker is replaced: none, then this, then doubling while replacements keep dying. */
const respawnDelayFirst = milliseconds(100);
const respawnDelayMax = milliseconds(5_000);

/** A worker that was up for so long did not die of its start: the next one is not waited for. */
const steadyAfter = milliseconds(60_000);

/** Between two looks at what the workers dropped. */
const dropLogInterval = milliseconds(60_000);

/** Between two looks at whether the workers answer. */
const lookInterval = milliseconds(5_000);

interface PlacedRoom {
  /** Its worker has answered. */
  isOpen: boolean;
}

interface WorkerPlace {
  readonly index: number;
  readonly rooms: Map<string, PlacedRoom>;
  worker: MediaWorker | undefined;
  port: number;
  /** Of the present worker. */
  drops: DropLog;
  isUp: boolean;
  /** Somebody asked for a new worker here. */
  isReplaced: boolean;
  upSince: MonotonicMs;
  /** Before the next replacement. */
  respawnDelay: Milliseconds;
}

class WorkerEngine implements RunningEngine {
  readonly #options: EngineOptions;
  readonly #places: readonly WorkerPlace[];
  readonly #roomPlaces = new Map<string, WorkerPlace>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #dropTimer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  #datapath: 'native' | 'twin' = 'twin';
  #isStopped = false;

  constructor(options: EngineOptions) {
    assert(options.workers >= 1, 'an engine has at least one media worker');
    this.#options = options;
    this.#places = Array.from({ length: options.workers }, (_, index) => ({
      index,
      rooms: new Map(),
      worker: undefined,
      port: options.mediaPort === 0 ? 0 : options.mediaPort + index,
      drops: new DropLog(),
      isUp: false,
      isReplaced: false,
      upSince: monotonicNow(),
      respawnDelay: milliseconds(0),
    }));
  }

  async start(): Promise<void> {
    await Promise.all(this.#places.map((place) => this.#startWorker(place)));
    this.#dropTimer = setInterval(() => void this.#logDrops(), dropLogInterval).unref();
    this.#lookTimer = setInterval(() => this.#look(), lookInterval).unref();
  }

  isHealthy(): boolean {
    return !this.#isStopped && this.#places.every((place) => place.isUp);
  }

  get datapath(): 'native' | 'twin' {
    return this.#datapath;
  }

  get ports(): readonly number[] {
    return this.#places.map((place) => place.port);
  }

  async openRoom(roomId: string): Promise<void> {
    if (this.#roomPlaces.has(roomId)) throw new CodedError('room-exists', 'A room of this name is open.', { roomId });
    const place = this.#leastLoaded();
    const room: PlacedRoom = { isOpen: false };
    place.rooms.set(roomId, room);
    this.#roomPlaces.set(roomId, place);
    try {
      await this.#workerOf(roomId).call('openRoom', { roomId });
      room.isOpen = true;
    } catch (error) {
      // Meanwhile it may have been closed, and another one of this name been opened.
      if (place.rooms.get(roomId) === room) this.#forgetRoom(roomId);
      throw error;
    }
  }

  async closeRoom(roomId: string): Promise<void> {
    const worker = this.#workerOf(roomId);
    this.#forgetRoom(roomId);
    await worker.call('closeRoom', { roomId });
  }

  async openPeer(roomId: string, peerId: string): Promise<void> {
    await this.#workerOf(roomId).call('openPeer', { roomId, peerId });
  }

  async closePeer(roomId: string, peerId: string): Promise<void> {
    await this.#workerOf(roomId).call('closePeer', { roomId, peerId });
  }

  negotiate(roomId: string, peerId: string, request: NegotiateRequest): Promise<NegotiateAnswer> {
    return this.#call(roomId, (worker) => worker.call('negotiate', { ...request, roomId, peerId }));
  }

  subscribe(
    roomId: string,
    peerId: string,
    trackIds: readonly string[],
    pausedTrackIds: readonly string[] = [],
  ): Promise<SectionsNeeded> {
    return this.#call(roomId, (worker) => worker.call('subscribe', { roomId, peerId, trackIds, pausedTrackIds }));
  }

  statistics(roomId: string): Promise<RoomStatistics> {
    return this.#call(roomId, (worker) => worker.call('statistics', { roomId }));
  }

  async openEndpoint(roomId: string, endpointId: string, options: EndpointOptions): Promise<void> {
    await this.#workerOf(roomId).call('openEndpoint', { roomId, endpointId, options });
  }

  async closeEndpoint(roomId: string, endpointId: string): Promise<void> {
    await this.#workerOf(roomId).call('closeEndpoint', { roomId, endpointId });
  }

  async configureEndpoint(roomId: string, endpointId: string, settings: EndpointSettings): Promise<void> {
    await this.#workerOf(roomId).call('configureEndpoint', { roomId, endpointId, settings });
  }

  createOffer(
    roomId: string,
    endpointId: string,
    directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>,
  ): Promise<string> {
    return this.#call(roomId, (worker) => worker.call('createOffer', { roomId, endpointId, directions }));
  }

  answerOffer(roomId: string, endpointId: string, offer: string): Promise<string> {
    return this.#call(roomId, (worker) => worker.call('answerOffer', { roomId, endpointId, offer }));
  }

  async applyAnswer(roomId: string, endpointId: string, answer: string): Promise<void> {
    await this.#workerOf(roomId).call('applyAnswer', { roomId, endpointId, answer });
  }

  gatherCandidates(roomId: string, endpointId: string): Promise<readonly EndpointCandidate[]> {
    return this.#call(roomId, (worker) => worker.call('gatherCandidates', { roomId, endpointId }));
  }

  localDescription(roomId: string, endpointId: string): Promise<string> {
    return this.#call(roomId, (worker) => worker.call('localDescription', { roomId, endpointId }));
  }

  async addRemoteCandidate(roomId: string, endpointId: string, candidate: string): Promise<void> {
    await this.#workerOf(roomId).call('addRemoteCandidate', { roomId, endpointId, candidate });
  }

  async setSource(roomId: string, endpointId: string, kind: MediaKind, trackId: string | undefined): Promise<void> {
    await this.#workerOf(roomId).call('setSource', { roomId, endpointId, kind, trackId });
  }

  async requestKeyframe(roomId: string, trackId: string): Promise<void> {
    await this.#workerOf(roomId).call('requestKeyframe', { roomId, trackId });
  }

  endpointStatistics(roomId: string, endpointId: string): Promise<EndpointStatistics> {
    return this.#call(roomId, (worker) => worker.call('endpointStatistics', { roomId, endpointId }));
  }

  async workerStatistics(): Promise<readonly WorkerStatistics[]> {
    const all = await Promise.all(this.#places.map((place) => this.#statisticsOf(place)));
    return all.filter((statistics) => statistics !== undefined);
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async replaceWorker(index: number): Promise<void> {
    const place = this.#places[index];
    place.isReplaced = place.isUp;
    await place.worker?.kill();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#dropTimer);
    clearInterval(this.#lookTimer);
    await Promise.all(this.#workers().map((worker) => worker.stop()));
    this.#listeners.clear();
  }

  async #call<Answer>(roomId: string, call: (worker: MediaWorker) => Promise<Answer>): Promise<Answer> {
    return await call(this.#workerOf(roomId));
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
    for (const place of this.#places) {
      const { drops, index } = place;
      const statistics = await this.#statisticsOf(place);
      const line = statistics && drops.takeLine(statistics.counters);
      if (line !== undefined) this.#options.log.debug(`Media worker ${index} dropped: ${line}`);
    }
  }

  #look(): void {
    for (const { isUp, worker } of this.#places) if (isUp) worker?.look();
  }

  #workers(): readonly MediaWorker[] {
    return this.#places.map(({ worker }) => worker).filter((worker) => worker !== undefined);
  }

  #workerOf(roomId: string): MediaWorker {
    const worker = this.#roomPlaces.get(roomId)?.worker;
    if (worker === undefined) throw new CodedError('room-unknown', 'There is no such room; open it first.', { roomId });
    return worker;
  }

  #leastLoaded(): WorkerPlace {
    const up = this.#places.filter((place) => place.isUp);
    if (up.length === 0) {
      throw new CodedError('worker-lost', 'The media workers are being restarted; try again in a moment.');
    }
    return up.reduce((least, place) => (place.rooms.size < least.rooms.size ? place : least));
  }

  #forgetRoom(roomId: string): void {
    this.#roomPlaces.get(roomId)?.rooms.delete(roomId);
    this.#roomPlaces.delete(roomId);
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
      onPeerState: (roomId, peerId, state) => this.#emit({ type: 'peer-state', roomId, peerId, state }),
      onSpeakers: (roomId, trackIds) => this.#handleSpeakers(place, roomId, trackIds),
      onEndpoint: (event) => this.#handleEndpoint(place, event),
      onRoomLost: (roomId) => this.#handleRoomLost(place, roomId),
      onLog: (level, text) => log[level](text),
      onDeath: (cause) => this.#handleDeath(place, worker, cause),
    });
    place.worker = worker;
    place.drops = new DropLog();
    const started = await worker.started();
    place.port = started.port;
    this.#datapath = started.datapath;
    place.isUp = true;
    place.upSince = monotonicNow();
  }

  #handleSpeakers(place: WorkerPlace, roomId: string, trackIds: readonly string[]): void {
    if (place.rooms.get(roomId)?.isOpen === true) this.#emit({ type: 'speakers', roomId, trackIds });
  }

  #handleEndpoint(place: WorkerPlace, event: EndpointEvent): void {
    if (place.rooms.get(event.roomId)?.isOpen === true) this.#emit(event);
  }

  /** One that is only opening is not meant, but one of the same name before it. */
  #handleRoomLost(place: WorkerPlace, roomId: string): void {
    if (place.rooms.get(roomId)?.isOpen !== true) return;
    this.#forgetRoom(roomId);
    this.#emit({ type: 'rooms-lost', roomIds: [roomId] });
  }

  #handleDeath(place: WorkerPlace, worker: MediaWorker, cause: string): void {
    // One that did not start ends only when the next one may be up.
    if (place.worker !== worker) return;
    const { index, isUp: wasUp, isReplaced } = place;
    place.isUp = false;
    place.isReplaced = false;
    place.worker = undefined;
    const roomIds = [...place.rooms.keys()];
    for (const roomId of roomIds) this.#forgetRoom(roomId);
    if (!wasUp || this.#isStopped) return;
    if (elapsed(place.upSince, monotonicNow()) >= steadyAfter) place.respawnDelay = milliseconds(0);
    const { log } = this.#options;
    const rooms = `its ${roomIds.length} rooms`;
    if (isReplaced) log.info(`Media worker ${index} is replaced on request; ${rooms} go on in the new one.`);
    else log.error(`Media worker ${index} ended, ${rooms} are lost: ${cause}`);
    void this.#respawn(place).then(() => this.#emit({ type: 'rooms-lost', roomIds }));
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

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Starts the media workers and resolves once all of them listen; a taken port or address is refused with a coded error. */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const engine = new WorkerEngine(options);
  try {
    await engine.start();
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return engine;
}
