import type { NegotiateResponse, TrackKind, TrackSource } from '@rivero/api';
import { after, milliseconds, monotonicMs, type WallClockMs, wallClockMs } from '@rivero/core';
import type { Seat } from '../room-registry.ts';
import { RoomService, type RoomView } from '../room-service.ts';
import { countingRandom, FakeConnection } from './fake-connection.ts';
import { FakeEngine, fakeOffer, settle } from '../../../test/fake-engine.ts';

interface GuestOffer {
  /** Own tracks by name, each in a section of its name. */
  readonly tracks?: Readonly<Record<string, TrackKind>>;
  readonly muted?: boolean;
  /** What they show; left out: camera and microphone. */
  readonly sources?: Readonly<Record<string, TrackSource>>;
  /** Receive sections. */
  readonly audio?: number;
  readonly video?: number;
  /** By a new peer connection; left out: when it is the first. */
  readonly fresh?: boolean;
}

/** A room service with an engine without media, a clock that a test turns, and a log that a test reads. */
export class Scene {
  readonly engine = new FakeEngine();
  readonly logged: string[] = [];
  /** What is logged though nothing is wrong. */
  readonly noted: string[] = [];
  readonly service: RoomService;
  now = monotonicMs(1_000);

  /** Beside the other clock, some years on. */
  get wallNow(): WallClockMs {
    return wallClockMs(1_700_000_000_000 + this.now);
  }

  constructor(roomCapacity = 10, hasRelay = true) {
    this.service = new RoomService({
      engine: this.engine,
      roomCapacity,
      hasRelay,
      random: countingRandom(),
      log: {
        debug: () => {},
        info: (text) => void this.noted.push(text),
        warn: (text) => void this.logged.push(text),
        error: (text) => void this.logged.push(text),
      },
    });
  }

  join(name: string, roomId = 'room', hostToken?: string): Guest {
    const connection = new FakeConnection();
    const seat = this.service.join({ roomId, name, hostToken, connection, now: this.now });
    return new Guest(this, seat, connection);
  }

  /** The clock goes on. */
  async pass(ms: number): Promise<void> {
    this.now = after(this.now, milliseconds(ms));
    this.service.handleTimeout(this.now);
    await settle();
  }
}

/** Somebody in a room of a scene. */
export class Guest {
  readonly snapshot: RoomView;
  readonly seat: Seat;
  connection: FakeConnection;
  readonly #scene: Scene;
  #isFirst = true;

  constructor(scene: Scene, seat: Seat, connection: FakeConnection) {
    this.#scene = scene;
    this.seat = seat;
    this.connection = connection;
    this.snapshot = scene.service.snapshot(seat);
  }

  get id(): string {
    return this.seat.participant.id;
  }

  async offer({
    tracks = {},
    muted = false,
    sources = {},
    audio,
    video,
    fresh,
  }: GuestOffer = {}): Promise<NegotiateResponse> {
    const isFresh = fresh ?? this.#isFirst;
    this.#isFirst = false;
    return await this.#scene.service.negotiate(this.seat, {
      offer: fakeOffer({ sends: tracks, audio: audio ?? 0, video: video ?? 0 }),
      tracks: Object.entries(tracks).map(([trackId, kind]) => ({
        mid: trackId,
        trackId,
        source: sources[trackId] ?? (kind === 'audio' ? 'microphone' : 'camera'),
        muted,
      })),
      fresh: isFresh,
    });
  }

  /** What the server told since the last call. */
  told(): ReturnType<FakeConnection['take']> {
    return this.connection.take();
  }

  toldNames(): readonly string[] {
    return this.told().map(([name]) => name);
  }

  loseSocket(): void {
    this.#scene.service.handleDisconnect(this.seat, this.connection, this.#scene.now);
  }

  resume(): RoomView {
    this.connection = new FakeConnection();
    return this.#scene.service.snapshot(this.#scene.service.resume(this.seat.participant.resumeToken, this.connection));
  }

  leave(): void {
    this.#scene.service.leave(this.seat, 'left');
  }
}
