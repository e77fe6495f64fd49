import { CodedError } from '@rivero/core';
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
import type {
  EndpointCandidate,
  EndpointDirection,
  EndpointEngine,
  EndpointOptions,
  EndpointSettings,
  EndpointStatistics,
} from './endpoint-contract.ts';
import type { EngineOptions } from './engine-options.ts';
import { joinStatistics } from './join-statistics.ts';
import type { EndpointEvent, MediaWorker } from './media-worker.ts';
import { PlacedRoom, type SessionRequest } from './placed-room.ts';
import { placeForRoom, placeForSession, type PlaceChoice, type PlacementRules } from './placement.ts';
import { endpointsPerRoomMax, peersPerRoomMax } from './worker/index.ts';
import { WorkerLinks } from './worker-links.ts';
import { type WorkerPlace, WorkerPlaces } from './worker-places.ts';

/** The whole engine as the composition root holds it. */
export interface RunningEngine extends MediaEngine, EndpointEngine {
  /** What handles the packets of its workers. */
  readonly datapath: 'native' | 'twin';
  /** Why it is the twin, which was not asked for. */
  readonly twinReason: string | undefined;
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

/** A room grows beyond a worker that has so much of it, or is so busy. */
const placementStandard: PlacementRules = { loadMax: 0.6, roomSessionsMax: 150 };

class WorkerEngine implements RunningEngine {
  readonly #places: WorkerPlaces;
  readonly #rules: PlacementRules;
  /** Left out: there is one worker. */
  readonly #links: WorkerLinks | undefined;
  readonly #rooms = new Map<string, PlacedRoom>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #roomCount = 0;

  constructor(options: EngineOptions) {
    this.#rules = { ...placementStandard, ...options.placement };
    this.#links = options.workers === 1 ? undefined : new WorkerLinks();
    this.#places = new WorkerPlaces(options, {
      handlersOf: (place) => ({
        onPeerState: (roomId, peerId, state) => this.#handlePeerState(place, { roomId, peerId, state }),
        onSpeakers: (roomId, trackIds) => this.#handleSpeakers(place, roomId, trackIds),
        onEndpoint: (event) => this.#handleEndpoint(place, event),
        onRoomLost: (roomId) => this.#handleRoomLost(place, roomId),
      }),
      onDeath: (place) => this.#handleDeath(place),
      onRespawned: (roomIds) => this.#emit({ type: 'rooms-lost', roomIds }),
    });
  }

  start(): Promise<void> {
    return this.#places.start();
  }

  isHealthy(): boolean {
    return this.#places.isHealthy;
  }

  get datapath(): 'native' | 'twin' {
    return this.#places.datapath;
  }

  get twinReason(): string | undefined {
    return this.#places.twinReason;
  }

  get ports(): readonly number[] {
    return this.#places.all.map(({ port }) => port);
  }

  async openRoom(roomId: string): Promise<void> {
    if (this.#rooms.has(roomId)) throw new CodedError('room-exists', 'A room of this name is open.', { roomId });
    const home = placeForRoom(this.#places.up.map((place) => this.#choiceOf(place)))?.place;
    if (home === undefined) {
      throw new CodedError('worker-lost', 'The media workers are being restarted; try again in a moment.');
    }
    this.#roomCount += 1;
    const room = new PlacedRoom({ id: roomId, number: this.#roomCount, home, links: this.#links });
    this.#rooms.set(roomId, room);
    home.load.handlePlaced();
    try {
      await room.open();
    } catch (error) {
      this.#lose(room);
      throw error;
    }
  }

  async closeRoom(roomId: string): Promise<void> {
    const room = this.#room(roomId);
    this.#forget(room);
    await room.close();
  }

  async openPeer(roomId: string, peerId: string): Promise<void> {
    const room = this.#room(roomId);
    await this.#openSession(room, { sessions: room.peers, name: peerId, trackIds: [] }, peersPerRoomMax, (worker) =>
      worker.call('openPeer', { roomId, peerId }),
    );
  }

  async closePeer(roomId: string, peerId: string): Promise<void> {
    const room = this.#room(roomId);
    await room.at(room.leave(room.peers, peerId), (worker) => worker.call('closePeer', { roomId, peerId }));
  }

  async negotiate(roomId: string, peerId: string, request: NegotiateRequest): Promise<NegotiateAnswer> {
    const room = this.#room(roomId);
    const trackIds = request.tracks.map(({ trackId }) => trackId);
    return await room.publishAt(room.placeOf(room.peers, peerId), trackIds, (worker) =>
      worker.call('negotiate', { ...request, roomId, peerId }),
    );
  }

  subscribe(
    roomId: string,
    peerId: string,
    trackIds: readonly string[],
    pausedTrackIds: readonly string[] = [],
  ): Promise<SectionsNeeded> {
    return this.#askPeer(roomId, peerId, (worker) =>
      worker.call('subscribe', { roomId, peerId, trackIds, pausedTrackIds }),
    );
  }

  async statistics(roomId: string): Promise<RoomStatistics> {
    const room = this.#room(roomId);
    const asked = room.entered.map((place) => room.at(place, (worker) => worker.call('statistics', { roomId })));
    return joinStatistics(await Promise.all(asked));
  }

  async openEndpoint(roomId: string, endpointId: string, options: EndpointOptions): Promise<void> {
    const room = this.#room(roomId);
    const request = { sessions: room.endpoints, name: endpointId, trackIds: Object.values(options.trackIds) };
    await this.#openSession(room, request, endpointsPerRoomMax, (worker) =>
      worker.call('openEndpoint', { roomId, endpointId, options }),
    );
  }

  async closeEndpoint(roomId: string, endpointId: string): Promise<void> {
    const room = this.#room(roomId);
    const place = room.leave(room.endpoints, endpointId);
    await room.at(place, (worker) => worker.call('closeEndpoint', { roomId, endpointId }));
  }

  async configureEndpoint(roomId: string, endpointId: string, settings: EndpointSettings): Promise<void> {
    await this.#askEndpoint(roomId, endpointId, (worker) =>
      worker.call('configureEndpoint', { roomId, endpointId, settings }),
    );
  }

  createOffer(
    roomId: string,
    endpointId: string,
    directions: Readonly<Record<MediaKind, EndpointDirection | undefined>>,
  ): Promise<string> {
    return this.#askEndpoint(roomId, endpointId, (worker) =>
      worker.call('createOffer', { roomId, endpointId, directions }),
    );
  }

  answerOffer(roomId: string, endpointId: string, offer: string): Promise<string> {
    return this.#askPublisher(roomId, endpointId, (worker) =>
      worker.call('answerOffer', { roomId, endpointId, offer }),
    );
  }

  async applyAnswer(roomId: string, endpointId: string, answer: string): Promise<void> {
    await this.#askPublisher(roomId, endpointId, (worker) =>
      worker.call('applyAnswer', { roomId, endpointId, answer }),
    );
  }

  gatherCandidates(roomId: string, endpointId: string): Promise<readonly EndpointCandidate[]> {
    return this.#askEndpoint(roomId, endpointId, (worker) => worker.call('gatherCandidates', { roomId, endpointId }));
  }

  localDescription(roomId: string, endpointId: string): Promise<string> {
    return this.#askEndpoint(roomId, endpointId, (worker) => worker.call('localDescription', { roomId, endpointId }));
  }

  async addRemoteCandidate(roomId: string, endpointId: string, candidate: string): Promise<void> {
    await this.#askEndpoint(roomId, endpointId, (worker) =>
      worker.call('addRemoteCandidate', { roomId, endpointId, candidate }),
    );
  }

  async setSource(roomId: string, endpointId: string, kind: MediaKind, trackId: string | undefined): Promise<void> {
    await this.#askEndpoint(roomId, endpointId, (worker) =>
      worker.call('setSource', { roomId, endpointId, kind, trackId }),
    );
  }

  /** Of the home: it knows all tracks, wherever their publishers are. */
  async requestKeyframe(roomId: string, trackId: string): Promise<void> {
    const room = this.#room(roomId);
    await room.at(room.home, (worker) => worker.call('requestKeyframe', { roomId, trackId }));
  }

  endpointStatistics(roomId: string, endpointId: string): Promise<EndpointStatistics> {
    return this.#askEndpoint(roomId, endpointId, (worker) => worker.call('endpointStatistics', { roomId, endpointId }));
  }

  workerStatistics(): Promise<readonly WorkerStatistics[]> {
    return this.#places.statistics();
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  replaceWorker(index: number): Promise<void> {
    return this.#places.replace(index);
  }

  async stop(): Promise<void> {
    await this.#places.stop();
    this.#listeners.clear();
  }

  #room(roomId: string): PlacedRoom {
    const room = this.#rooms.get(roomId);
    // Its worker may have ended just now.
    if (room?.home.worker !== undefined) return room;
    throw new CodedError('room-unknown', 'There is no such room; open it first.', { roomId });
  }

  async #askPeer<Answer>(roomId: string, peerId: string, call: (worker: MediaWorker) => Promise<Answer>) {
    const room = this.#room(roomId);
    return await room.at(room.placeOf(room.peers, peerId), call);
  }

  async #askEndpoint<Answer>(roomId: string, endpointId: string, call: (worker: MediaWorker) => Promise<Answer>) {
    const room = this.#room(roomId);
    return await room.at(room.placeOf(room.endpoints, endpointId), call);
  }

  /** As {@link #askEndpoint}, for what may make it publish. */
  async #askPublisher<Answer>(roomId: string, endpointId: string, call: (worker: MediaWorker) => Promise<Answer>) {
    const room = this.#room(roomId);
    const { trackIds = [] } = room.endpoints.get(endpointId) ?? {};
    return await room.publishAt(room.placeOf(room.endpoints, endpointId), trackIds, call);
  }

  /** In one of the room's workers, or in one that it grows into now. */
  async #openSession(
    room: PlacedRoom,
    request: SessionRequest,
    sessionsMax: number,
    open: (worker: MediaWorker) => Promise<unknown>,
  ): Promise<void> {
    const { sessions, name } = request;
    const taken = sessions.get(name);
    // Who has that name already is there to refuse it.
    if (taken !== undefined) return void (await room.at(taken.place, open));
    if (sessions.size >= sessionsMax) throw new CodedError('room-full', 'The room is full.', { sessionsMax });
    const branches = room.places.map((place) => this.#choiceOf(place, room));
    const choices = this.#places.up.map((place) => this.#choiceOf(place, room));
    const place = this.#links === undefined ? room.home : placeForSession(branches, choices, this.#rules)?.place;
    const chosen = place ?? room.home;
    chosen.load.handlePlaced();
    await room.openSession(request, chosen, open);
  }

  #choiceOf(place: WorkerPlace, room?: PlacedRoom): PlaceChoice & { readonly place: WorkerPlace } {
    return { place, load: place.load.share, rooms: place.roomCount, sessions: room?.sessionsAt(place) ?? 0 };
  }

  #forget(room: PlacedRoom): void {
    // Another one of this name may have been opened meanwhile.
    if (this.#rooms.get(room.id) === room) this.#rooms.delete(room.id);
  }

  /** Of a branch there that is open: one that is only opening is not meant, but one of the same name before it. */
  #openRoomAt(place: WorkerPlace, roomId: string): PlacedRoom | undefined {
    const room = this.#rooms.get(roomId);
    return room?.isOpenAt(place) === true ? room : undefined;
  }

  /** One of the same name may have been elsewhere before. */
  #handlePeerState(place: WorkerPlace, event: Omit<EngineEvent & { readonly type: 'peer-state' }, 'type'>): void {
    const session = this.#openRoomAt(place, event.roomId)?.peers.get(event.peerId);
    if (session?.place === place) this.#emit({ type: 'peer-state', ...event });
  }

  /** The home hears all voices; a branch only those of its own. */
  #handleSpeakers(place: WorkerPlace, roomId: string, trackIds: readonly string[]): void {
    if (this.#openRoomAt(place, roomId)?.home === place) this.#emit({ type: 'speakers', roomId, trackIds });
  }

  #handleEndpoint(place: WorkerPlace, event: EndpointEvent): void {
    if (this.#openRoomAt(place, event.roomId) !== undefined) this.#emit(event);
  }

  #handleRoomLost(place: WorkerPlace, roomId: string): void {
    const room = this.#openRoomAt(place, roomId);
    if (room === undefined) return;
    this.#lose(room);
    this.#emit({ type: 'rooms-lost', roomIds: [roomId] });
  }

  #handleDeath(place: WorkerPlace): readonly string[] {
    const lost = [...this.#rooms.values()].filter(({ places }) => places.includes(place));
    for (const room of lost) this.#lose(room);
    return lost.map(({ id }) => id);
  }

  /** Part of it is no more: the rest ends, too. */
  #lose(room: PlacedRoom): void {
    this.#forget(room);
    room.close().catch(() => {});
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
