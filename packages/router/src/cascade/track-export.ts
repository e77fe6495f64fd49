import { elapsed, milliseconds, type MonotonicMs, type WallClockMs } from '@rivero/core';
import type { CodecParameters } from '../parameters.ts';
import type { Producer } from '../producer.ts';
import type { ReceivedPacket } from '../receive/received-packet.ts';

/** What another router needs of a track: its packets, or how loud it is and nothing more. */
export type ExportWish = 'nothing' | 'levels' | 'packets';

/** The stream behind a track at this moment. */
export interface ExportedStream {
  /** Grows when another stream takes over. */
  readonly epoch: number;
  readonly codec: CodecParameters;
}

/** A publisher's clock as another router of this process needs it; all threads have one monotonic clock. */
export interface ExportedClock {
  /** Of the stream whose RTP time it is. */
  readonly epoch: number;
  readonly time: WallClockMs;
  readonly rtpTimestamp: number;
  readonly arrivedAt: MonotonicMs;
  /** Our clock less the publisher's; undefined before the first report. */
  readonly offset: number | undefined;
}

/** Where a track goes on to another router. */
export interface ExportSink {
  /** Copies a packet that is in the pool; false: there is no room, and it is lost. */
  writePacket(packet: ReceivedPacket, stream: ExportedStream): boolean;
  /** Of a packet its audio level alone. */
  writeLevel(packet: ReceivedPacket, stream: ExportedStream): void;
  tellClock(clock: ExportedClock): void;
}

/** Between two words on a publisher's clock, however often it reports. */
export const clockIntervalMin = milliseconds(500);

/** A track on its way to one other router, which is a receiver among others: it is written once, whoever receives it there. */
export class TrackExport {
  readonly #sink: ExportSink;
  wish: ExportWish = 'nothing';
  /** What the weakest of its receivers there takes, in bits per second. */
  takes = Number.POSITIVE_INFINITY;
  #clockTold: { readonly epoch: number; readonly at: MonotonicMs } | undefined;

  constructor(sink: ExportSink) {
    this.#sink = sink;
  }

  /** What the batch in hand brought. A picture with a hole helps nobody: what is lost on the way is like what was given up. */
  forward(producer: Producer): void {
    const { pending } = producer;
    for (let i = 0; i < pending.count; i++) {
      const packet = pending.at(i);
      if (this.wish === 'levels') {
        if (packet.audioLevel !== -1) this.#sink.writeLevel(packet, producer);
      } else if (!this.#sink.writePacket(packet, producer) && producer.videoCodec !== undefined) {
        producer.keyframes.want();
      }
    }
  }

  /** Says what the publisher's clock shows, unless that was just done. */
  tellClock(producer: Producer, now: MonotonicMs): void {
    const { clock, epoch, session } = producer;
    if (clock === undefined || this.wish !== 'packets') return;
    const told = this.#clockTold;
    if (told?.epoch === epoch && elapsed(told.at, now) < clockIntervalMin) return;
    this.#clockTold = { epoch, at: now };
    this.#sink.tellClock({ ...clock, epoch, offset: session.clockOffset.value });
  }
}
