import { CodedError, type MonotonicMs, type RandomBytes } from '@rivero/core';
import { Consumer } from './consumer.ts';
import { consumersPerProducerMax, consumersPerSessionMax, sendersPerSessionMax } from './limits.ts';
import type { CodecParameters, ConsumerParameters, Feedback, RouterSink, SenderParameters } from './parameters.ts';
import type { Producer } from './producer.ts';
import type { PublisherFeedback } from './receive/publisher-feedback.ts';
import type { RouterSession } from './router-session.ts';
import { sendRtcp } from './send/send-rtcp.ts';
import { Sender } from './sender.ts';

/** Everything that goes out of a router: lasting senders with what they carry, and consumers with senders of their own. */
export class Consumers {
  readonly #sink: RouterSink;
  readonly #random: RandomBytes;
  readonly #feedback: PublisherFeedback;
  /** By their own names, without those that lasting senders carry. */
  readonly #consumers = new Map<string, Consumer>();
  readonly #senders = new Map<string, Sender>();

  constructor(sink: RouterSink, random: RandomBytes, feedback: PublisherFeedback) {
    this.#sink = sink;
    this.#random = random;
    this.#feedback = feedback;
  }

  /** Sends nothing until it is resumed. */
  pause(id: string): void {
    const consumer = this.#consumers.get(id);
    consumer?.pause();
    consumer?.producer.tellReceived();
  }

  resume(id: string, now: MonotonicMs): void {
    const consumer = this.#consumers.get(id);
    if (consumer === undefined || !consumer.isPaused) return;
    consumer.isPaused = false;
    consumer.producer.tellReceived();
    this.start(consumer, now);
  }

  open(
    id: string,
    options: {
      readonly producer: Producer;
      readonly session: RouterSession;
      readonly parameters: ConsumerParameters;
      readonly isPaused: boolean;
    },
    now: MonotonicMs,
  ): void {
    const { producer, session, isPaused } = options;
    this.#refuseTooMany(producer, session);
    const { codec, feedback, ...rest } = options.parameters;
    const parameters = { ...rest, kind: producer.parameters.kind };
    const sender = new Sender({ id, session, parameters, isLasting: false, random: this.#random });
    session.sendersBySsrc.set(parameters.ssrc, sender);
    this.#consumers.set(id, this.#carry(sender, { id, producer, codec, feedback, isPaused }, now));
  }

  close(id: string): void {
    const consumer = this.#consumers.get(id);
    if (consumer !== undefined) this.closeConsumer(consumer);
  }

  /** Its sender closes too, unless it lasts. */
  closeConsumer(consumer: Consumer): void {
    const { sender, producer } = consumer;
    sender.consumer = undefined;
    sender.session.consumers.delete(consumer);
    producer.consumers.delete(consumer);
    producer.tellReceived();
    if (sender.isLasting) return;
    this.#consumers.delete(consumer.id);
    this.#endSender(sender);
  }

  openSender(id: string, session: RouterSession, parameters: SenderParameters): void {
    if (this.#senders.has(id))
      throw new CodedError('sender-exists', 'There is a sender of this name.', { senderId: id });
    if (session.senders.size >= sendersPerSessionMax)
      throw new CodedError('too-many-senders', `A session has at most ${sendersPerSessionMax} senders.`);
    const sender = new Sender({ id, session, parameters, isLasting: true, random: this.#random });
    this.#senders.set(id, sender);
    session.senders.add(sender);
    session.sendersBySsrc.set(parameters.ssrc, sender);
  }

  /** It carries that from now on, and goes on as it is if it does already. */
  setSource(
    id: string,
    source: { readonly producer: Producer; readonly codec: CodecParameters; readonly feedback: Feedback } | undefined,
    now: MonotonicMs,
  ): void {
    const sender = this.#senders.get(id);
    if (sender === undefined)
      throw new CodedError('sender-unknown', 'There is no such sender; open it first.', { senderId: id });
    const before = sender.consumer;
    if (source === undefined) {
      if (before !== undefined) this.closeConsumer(before);
      return;
    }
    const { producer, codec, feedback } = source;
    const { kind } = sender.parameters;
    if (producer.parameters.kind !== kind)
      throw new CodedError('track-unknown', `There is no such track of kind ${kind}.`, { trackId: producer.id });
    const isSame = before?.producer === producer && isSameCodec(before.codec, codec);
    if (isSame && before.agreedCodec === producer.codecNamed(codec.name)) return;
    if (before?.producer !== producer) this.#refuseTooMany(producer, before === undefined ? sender.session : undefined);
    if (before !== undefined) this.closeConsumer(before);
    this.#carry(sender, { id, producer, codec, feedback, isPaused: false }, now);
  }

  /** Does nothing for one that is not there. */
  closeSender(id: string): void {
    const sender = this.#senders.get(id);
    if (sender === undefined) return;
    if (sender.consumer !== undefined) this.closeConsumer(sender.consumer);
    this.#senders.delete(id);
    sender.session.senders.delete(sender);
    this.#endSender(sender);
  }

  /** Everything that goes to the session. */
  closeAll(session: RouterSession): void {
    for (const consumer of session.consumers) this.closeConsumer(consumer);
    for (const { id } of session.senders) this.closeSender(id);
  }

  /** Begins, once its session has keys. */
  start(consumer: Consumer, now: MonotonicMs): void {
    const { sender, producer } = consumer;
    sender.connect(this.#sink, consumer);
    if (!consumer.isReceiving) return;
    if (producer.videoCodec !== undefined) this.#feedback.wantKeyframe(producer, now);
    if (producer.parameters.kind === 'video') this.#feedback.limitPublisher(producer, sender.session, now);
  }

  #carry(
    sender: Sender,
    options: {
      readonly id: string;
      readonly producer: Producer;
      readonly codec: CodecParameters;
      readonly feedback: Feedback;
      readonly isPaused: boolean;
    },
    now: MonotonicMs,
  ): Consumer {
    const consumer = new Consumer({ ...options, sender });
    sender.consumer = consumer;
    sender.session.consumers.add(consumer);
    options.producer.consumers.add(consumer);
    options.producer.tellReceived();
    if (sender.session.handle !== undefined) this.start(consumer, now);
    return consumer;
  }

  /** Says good-bye for it, if it was ever heard of (RFC 3550 section 6.6). */
  #endSender(sender: Sender): void {
    const { session, parameters } = sender;
    session.sendersBySsrc.delete(parameters.ssrc);
    if (sender.stream !== undefined && sender.packetCount > 0)
      sendRtcp(this.#sink, session, [{ type: 'bye', ssrcs: [parameters.ssrc] }]);
    sender.close(this.#sink);
  }

  #refuseTooMany(producer: Producer, session: RouterSession | undefined): void {
    const isFull = session !== undefined && session.consumers.size >= consumersPerSessionMax;
    if (!isFull && producer.consumers.size < consumersPerProducerMax) return;
    throw new CodedError(
      'too-many-subscriptions',
      'This track, or this participant, has as many receivers as it can have.',
    );
  }
}

function isSameCodec(one: CodecParameters, other: CodecParameters): boolean {
  return (
    one.name === other.name &&
    one.clockRate === other.clockRate &&
    one.payloadType === other.payloadType &&
    one.rtxPayloadType === other.rtxPayloadType
  );
}
