import { elapsed, type MonotonicMs, monotonicMs } from '@rivero/core';
import type { KnownParticipant } from './participant.ts';
import { bestQuality, lostQuality, ownQuality, type Quality, receivedQuality } from './quality.ts';
import { QualityMeter } from './quality-meter.ts';
import { observeRoom, type RoomObserverOptions } from './room-observer.ts';
import type { RoomContext, RoomPart } from './room-part.ts';
import type { RoomStatistics } from './room-statistics.ts';
import type { SendWishes } from './send-wishes.ts';
import { StatisticsSampler } from './statistics-sampler.ts';

/** Between two looks. */
const lookIntervalMs = 2_000;

/** A new connection is given that long to find out how much it carries. */
const settleMs = 10_000;

function now(): MonotonicMs {
  return monotonicMs(performance.now());
}

/** Watches how well we send and how well we receive everybody else; tells what changes by `qualityChanged`. */
export class QualityWatch implements RoomPart {
  readonly #context: RoomContext;
  readonly #options: RoomObserverOptions;
  readonly #wishes: SendWishes;
  readonly #sampler: StatisticsSampler;
  readonly #own = new QualityMeter();
  readonly #meters = new WeakMap<KnownParticipant, QualityMeter>();
  #before: RoomStatistics | undefined;
  #connectedAt: MonotonicMs | undefined;
  /** The limits could not be applied, which was told. */
  #areLimitsRefused = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(context: RoomContext, options: RoomObserverOptions, wishes: SendWishes) {
    this.#context = context;
    this.#options = options;
    this.#wishes = wishes;
    this.#sampler = new StatisticsSampler(() => observeRoom(options));
    context.events.on('mediaStateChanged', (state) => {
      this.#connectedAt = state === 'connected' ? (this.#connectedAt ?? now()) : undefined;
      if (state !== 'connected') this.#followOwn(lostQuality);
    });
  }

  /** How well we send. */
  get own(): Quality {
    return this.#own.quality;
  }

  follow(): void {
    if (this.#timer === undefined) this.#lookLater();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#look()
        // A connection that was closed meanwhile has nothing to say.
        .catch(() => {})
        .finally(() => this.#lookLater());
    }, lookIntervalMs);
  }

  async #look(): Promise<void> {
    await this.#applyLimits();
    const statistics = await this.#sampler.sample();
    if (this.#isClosed) return;
    const before = this.#before;
    this.#before = statistics;
    // Without a connection of our own nothing can be said of the others either.
    if (this.#context.status.media !== 'connected') return;
    this.#followOwn(this.#rateOwn(statistics));
    for (const participant of this.#options.roster.all) this.#followRemote(participant, statistics, before);
  }

  /** A window that is shared may have got another size. What the browser refuses again and again is told once. */
  async #applyLimits(): Promise<void> {
    try {
      await this.#options.media.connection.applyLimits();
      this.#areLimitsRefused = false;
    } catch (error) {
      if (!this.#areLimitsRefused) this.#context.status.handleRequestError(error);
      this.#areLimitsRefused = true;
    }
  }

  #rateOwn(statistics: RoomStatistics): Quality {
    const quality = ownQuality(statistics, (source) => this.#wishes.limitsOf(source).bitrate);
    const isSettled = this.#connectedAt !== undefined && elapsed(this.#connectedAt, now()) >= settleMs;
    return quality.reason === 'bandwidth' && !isSettled ? bestQuality : quality;
  }

  #followOwn(sample: Quality): void {
    if (!this.#own.handleSample(sample, now())) return;
    this.#context.events.emit('qualityChanged', this.#own.quality, this.#options.participantId());
  }

  #followRemote(participant: KnownParticipant, { tracks }: RoomStatistics, before?: RoomStatistics): void {
    const { participantId, isAway } = participant;
    const sent = participant.isWithholding ? [] : participant.tracks;
    const flowing = sent.filter(({ muted, isReceived }) => !muted && isReceived);
    const moving = flowing.filter(({ source }) => source === 'camera');
    const heard = flowing.filter(
      ({ source, mediaStreamTrack }) => source === 'microphone' && mediaStreamTrack !== undefined,
    );
    const sample = receivedQuality({
      tracks: tracks.filter((track) => track.participantId === participantId),
      before: before?.tracks ?? [],
      expected: new Set(moving.map(({ trackId }) => trackId)),
      voices: new Set(heard.map(({ trackId }) => trackId)),
      isAway,
    });
    const meter = this.#meters.get(participant) ?? new QualityMeter();
    this.#meters.set(participant, meter);
    if (!meter.handleSample(sample, now())) return;
    participant.quality = meter.quality;
    this.#context.events.emit('qualityChanged', meter.quality, participantId);
  }
}
