import type { MonotonicMs, Touched } from '@rivero/core';
import type { Deadline } from '../deadline.ts';
import type { ProducerParameters } from '../parameters.ts';
import type { Producer } from '../producer.ts';
import { liftedBitrate } from '../receive/bitrate-cap.ts';
import type { PublisherFeedback } from '../receive/publisher-feedback.ts';
import type { SpeakerDetector } from '../speakers/speaker-detector.ts';
import type { ImportedPacket, ImportPath } from './import-path.ts';
import { type ExportedClock, type ExportSink, type ExportWish, TrackExport } from './track-export.ts';

export interface RouterCascadeOptions {
  readonly producers: ReadonlyMap<string, Producer>;
  readonly touched: Touched<Producer>;
  readonly deadline: Deadline;
  readonly feedback: PublisherFeedback;
  readonly speakers: SpeakerDetector;
  readonly path: ImportPath;
}

/**
 * What a router does as one of several that make up a room: it hands tracks over to others, and takes over theirs. A track
 * of another router is a producer whose session has an origin; for its receivers it is like any other.
 */
export class RouterCascade {
  readonly #options: RouterCascadeOptions;

  constructor(options: RouterCascadeOptions) {
    this.#options = options;
  }

  /** What another router has to know to open the track. */
  parameters(producerId: string): ProducerParameters | undefined {
    return this.#options.producers.get(producerId)?.parameters;
  }

  /** The other router has heard the track in that codec: its packets come behind those that are on their way. */
  setCodec(producerId: string, payloadType: number): void {
    const producer = this.#options.producers.get(producerId);
    const codec = producer?.codecs.find((one) => one.payloadType === payloadType);
    if (codec !== undefined && codec !== producer?.codec) producer?.beginImported(-1, codec);
  }

  /** Its session is heard to speak by it. */
  isVoice(producerId: string): boolean {
    return this.#options.producers.get(producerId)?.voice !== undefined;
  }

  /** What goes to that sink from now on; a track that is gone has no sinks. */
  setExport(producerId: string, sink: ExportSink, wish: ExportWish, now: MonotonicMs): void {
    const producer = this.#options.producers.get(producerId);
    if (producer === undefined) return;
    if (wish === 'nothing') return void producer.exports.delete(sink);
    const exported = producer.exports.get(sink) ?? new TrackExport(sink);
    producer.exports.set(sink, exported);
    exported.wish = wish;
    exported.tellClock(producer, now);
  }

  /** What the weakest of the track's receivers there takes. */
  limitExport(producerId: string, sink: ExportSink, takes: number, now: MonotonicMs): void {
    const producer = this.#options.producers.get(producerId);
    const exported = producer?.exports.get(sink);
    if (producer === undefined || exported === undefined) return;
    exported.takes = takes >= liftedBitrate ? Number.POSITIVE_INFINITY : takes;
    producer.session.cap.handleReceiver(exported.takes, now);
    this.#options.feedback.limitBitrate(producer.session, now);
  }

  /** A packet of a track of another router, in our pool; forwarded at the next flush. */
  handlePacket(producerId: string, packet: ImportedPacket, now: MonotonicMs): void {
    const { producers, touched, deadline, speakers, path } = this.#options;
    const producer = producers.get(producerId);
    if (producer === undefined) return;
    if (path.handlePacket(producer, packet, now)) touched.add(producer);
    deadline.bringForward(speakers.deadline());
  }

  /** A packet of a track of another router found no room here. A picture with a hole helps nobody. */
  handleLost(producerId: string, now: MonotonicMs): void {
    const producer = this.#options.producers.get(producerId);
    if (producer === undefined) return;
    producer.wantKeyframe();
    this.#options.feedback.requestKeyframe(producer, now);
  }

  /** Hands what the batch brought over to the other routers: before the flush, so that they send while this one does. */
  flush(): void {
    const { touched } = this.#options;
    for (let i = 0; i < touched.count; i++) {
      const producer = touched.at(i);
      if (producer === undefined || producer.exports.size === 0) continue;
      for (const exported of producer.exports.values()) exported.forward(producer);
    }
  }

  setClock(producerId: string, clock: ExportedClock): void {
    this.#options.producers.get(producerId)?.setImportedClock(clock);
  }
}
