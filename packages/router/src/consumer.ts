import type { MonotonicMs } from '@rivero/core';
import type { CodecParameters, Feedback } from './parameters.ts';
import type { Producer } from './producer.ts';
import type { Sender } from './sender.ts';
import type { ConsumerStatistics } from './statistics.ts';

/** A producer's track as it goes out to one peer. */
export class Consumer {
  // First what is read for each packet: with hundreds of receivers little of them is still in the processor's cache.
  readonly sender: Sender;
  /** The producer's epoch that is forwarded; -1: waits for a beginning. */
  epoch = -1;
  /** Nothing is sent for now. */
  isPaused: boolean;
  /** That of its codec. */
  readonly payloadType: number;
  readonly producer: Producer;
  readonly id: string;
  /** With the receiver's payload types. */
  readonly codec: CodecParameters;
  readonly feedback: Feedback;
  /** The producer's codec that the receiver agreed to: of another one nothing is sent. */
  readonly agreedCodec: CodecParameters | undefined;
  /** The epoch to whose clock its timestamps belong; -1: nothing was sent. */
  clockEpoch = -1;

  constructor(options: {
    readonly id: string;
    readonly sender: Sender;
    readonly producer: Producer;
    readonly codec: CodecParameters;
    readonly feedback: Feedback;
    readonly isPaused: boolean;
  }) {
    this.id = options.id;
    this.sender = options.sender;
    this.producer = options.producer;
    this.codec = options.codec;
    this.payloadType = options.codec.payloadType;
    this.feedback = options.feedback;
    this.isPaused = options.isPaused;
    this.agreedCodec = options.producer.codecNamed(options.codec.name);
  }

  /** Sends nothing until {@link isPaused} is false again, and begins anew then. */
  pause(): void {
    this.isPaused = true;
    this.epoch = -1;
  }

  /** Sends, or waits for something that it can send. */
  get isReceiving(): boolean {
    return this.sender.stream !== undefined && !this.isPaused;
  }

  get isFlowing(): boolean {
    return this.sender.stream !== undefined && this.epoch === this.producer.epoch;
  }

  statistics(now: MonotonicMs): ConsumerStatistics {
    return {
      ...this.sender.statistics(now),
      id: this.id,
      ...(this.sender.isLasting ? { senderId: this.sender.id } : {}),
      producerId: this.producer.id,
      payloadType: this.payloadType,
      isFlowing: this.isFlowing,
      isPaused: this.isPaused,
    };
  }
}
