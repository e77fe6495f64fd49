import {
  after,
  CodedError,
  Counters,
  earliest,
  milliseconds,
  type MonotonicMs,
  never,
  type PacketPool,
  type RandomBytes,
  randomUint32,
  type SessionHandle,
} from '@rivero/core';
import { parseRtcpCompound, type RtcpPacket, serializeRtcpCompound } from '@rivero/protocol/rtcp';
import { Consumer } from './consumer.ts';
import { type RouterDrop, routerDrops } from './drops.ts';
import { ForwardPath } from './forward/forward-path.ts';
import { consumersPerProducerMax, consumersPerSessionMax, producersPerSessionMax } from './limits.ts';
import type { ConsumerParameters, ProducerParameters, RouterSessionId, RouterSink } from './parameters.ts';
import { Producer } from './producer.ts';
import { ReceivePath } from './receive/receive-path.ts';
import { RouterSession } from './router-session.ts';
import { buildReports, fullCompound } from './send/reports.ts';
import { SendPath } from './send/send-path.ts';
import { SpeakerDetector } from './speakers/speaker-detector.ts';
import type { RouterStatistics } from './statistics.ts';

/** Between reports of one session (RFC 3550 section 6.2 allows less than its 5 s where bandwidth allows). */
const reportInterval = milliseconds(1_000);

export interface RouterOptions {
  readonly pool: PacketPool;
  readonly sink: RouterSink;
  readonly random: RandomBytes;
}

/**
 * One room's SFU. Packets enter by a call and leave through the sink; time is told. `flush` ends each batch: what it
 * brought is forwarded consumer by consumer.
 */
export class Router {
  readonly #pool: PacketPool;
  readonly #sink: RouterSink;
  readonly #random: RandomBytes;
  readonly #drops = new Counters<RouterDrop>(routerDrops);
  readonly #speakers = new SpeakerDetector();
  readonly #receive: ReceivePath;
  readonly #forward: ForwardPath;
  readonly #send: SendPath;
  readonly #sessions = new Map<RouterSessionId, RouterSession>();
  readonly #producers = new Map<string, Producer>();
  readonly #consumers = new Map<string, Consumer>();
  readonly #touched = new Set<Producer>();
  #nextSessionId = 1;
  /** At or before the earliest deadline of any producer or session. */
  #deadline: MonotonicMs = never;

  constructor(options: RouterOptions) {
    this.#pool = options.pool;
    this.#sink = options.sink;
    this.#random = options.random;
    this.#receive = new ReceivePath(this.#pool, this.#drops, this.#speakers);
    this.#forward = new ForwardPath(this.#sink);
    this.#send = new SendPath(this.#forward, this.#drops);
  }

  openSession(): RouterSessionId {
    const id = this.#nextSessionId++ as RouterSessionId;
    this.#sessions.set(id, new RouterSession(id, randomUint32(this.#random)));
    return id;
  }

  /** SRTP keys are there: its consumers begin. */
  connectSession(id: RouterSessionId, handle: SessionHandle, now: MonotonicMs): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    session.handle = handle;
    session.reportAt = after(now, reportInterval);
    this.#deadline = earliest(this.#deadline, session.reportAt);
    for (const consumer of session.consumers) this.#startConsumer(consumer, now);
    // Its own tracks may have been waited for.
    for (const producer of session.producers) {
      if (producer.isReceived) producer.keyframes.want();
      this.#requestKeyframe(producer, now);
    }
  }

  /** Closes its producers and consumers too. */
  closeSession(id: RouterSessionId): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    for (const consumer of session.consumers) this.closeConsumer(consumer.id);
    for (const producer of session.producers) this.closeProducer(producer.id);
    this.#sessions.delete(id);
  }

  openProducer(id: string, sessionId: RouterSessionId, parameters: ProducerParameters): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) throw new CodedError('peer-unknown', 'There is no such peer; open it first.');
    if (session.producers.size >= producersPerSessionMax) {
      throw new CodedError('too-many-tracks', `A participant publishes at most ${producersPerSessionMax} tracks.`);
    }
    if (this.#producers.has(id))
      throw new CodedError('track-exists', 'A track of this name is published.', { trackId: id });
    const producer = new Producer(id, session, parameters, this.#pool);
    this.#producers.set(id, producer);
    session.producers.add(producer);
    if (producer.ssrc !== undefined) session.incoming.set(producer.ssrc, { producer, isRtx: false });
    if (producer.rtxSsrc !== undefined) session.incoming.set(producer.rtxSsrc, { producer, isRtx: true });
    session.unknownSsrcs.clear();
    if (parameters.feedback.transportCc && parameters.extensions.transportSequence !== undefined)
      session.transportSequenceId = parameters.extensions.transportSequence;
  }

  /**
   * By which of its tracks a session is heard to speak: each has one voice at most, so that nobody takes several places.
   * A track that tells no levels is none.
   */
  setVoice(sessionId: RouterSessionId, producerId: string | undefined): void {
    for (const producer of this.#sessions.get(sessionId)?.producers ?? []) {
      const { kind, extensions } = producer.parameters;
      if (producer.id !== producerId || kind !== 'audio' || extensions.audioLevel === undefined)
        this.#unvoice(producer);
      else producer.voice ??= this.#speakers.open(producer.id);
    }
  }

  /** Ends the track for everybody. */
  closeProducer(id: string): void {
    const producer = this.#producers.get(id);
    if (producer === undefined) return;
    for (const consumer of producer.consumers) this.closeConsumer(consumer.id);
    producer.close();
    this.#unvoice(producer);
    this.#producers.delete(id);
    this.#touched.delete(producer);
    producer.session.producers.delete(producer);
    for (const [ssrc, stream] of producer.session.incoming) {
      if (stream.producer === producer) producer.session.incoming.delete(ssrc);
    }
  }

  openConsumer(
    id: string,
    options: {
      readonly producerId: string;
      readonly session: RouterSessionId;
      readonly parameters: ConsumerParameters;
      /** Sends nothing before {@link resumeConsumer}; left out: false. */
      readonly isPaused?: boolean;
    },
    now: MonotonicMs,
  ): void {
    const session = this.#sessions.get(options.session);
    const producer = this.#producers.get(options.producerId);
    if (session === undefined) throw new CodedError('peer-unknown', 'There is no such peer; open it first.');
    if (producer === undefined)
      throw new CodedError('track-unknown', 'There is no such track.', { trackId: options.producerId });
    if (session.consumers.size >= consumersPerSessionMax || producer.consumers.size >= consumersPerProducerMax) {
      throw new CodedError(
        'too-many-subscriptions',
        'This track, or this participant, has as many receivers as it can have.',
      );
    }
    const { parameters, isPaused = false } = options;
    const consumer = new Consumer({ id, session, producer, parameters, isPaused, random: this.#random });
    this.#consumers.set(id, consumer);
    session.consumers.add(consumer);
    session.consumersBySsrc.set(parameters.ssrc, consumer);
    producer.consumers.add(consumer);
    if (session.handle !== undefined) this.#startConsumer(consumer, now);
  }

  /** Sends it nothing more for now; it may come back at any time. */
  pauseConsumer(id: string): void {
    this.#consumers.get(id)?.pause();
  }

  /** Goes on, with the next number: with sound at once, with video from the keyframe that is asked for. */
  resumeConsumer(id: string, now: MonotonicMs): void {
    const consumer = this.#consumers.get(id);
    if (consumer === undefined || !consumer.isPaused) return;
    consumer.isPaused = false;
    if (consumer.stream !== undefined) this.#startConsumer(consumer, now);
  }

  closeConsumer(id: string): void {
    const consumer = this.#consumers.get(id);
    if (consumer === undefined) return;
    const { session, producer, parameters } = consumer;
    this.#consumers.delete(id);
    session.consumers.delete(consumer);
    session.consumersBySsrc.delete(parameters.ssrc);
    producer.consumers.delete(consumer);
    if (consumer.stream !== undefined && consumer.packetCount > 0)
      this.#sendRtcp(session, [{ type: 'bye', ssrcs: [parameters.ssrc] }]);
    consumer.close(this.#sink);
  }

  /** An RTP packet in the pool, authenticated; forwarded at the next {@link flush}. */
  handleRtp(
    id: RouterSessionId,
    packet: { readonly slot: number; readonly offset: number; readonly length: number },
    now: MonotonicMs,
  ): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return this.#drops.count('rtp-unknown-session');
    const producer = this.#receive.handlePacket(session, packet.slot, packet.offset, packet.length, now);
    if (producer !== undefined) this.#touched.add(producer);
    this.#deadline = earliest(this.#deadline, session.feedbackAt, this.#speakers.deadline());
  }

  /** An RTCP compound, authenticated. */
  handleRtcp(id: RouterSessionId, compound: Uint8Array, now: MonotonicMs): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return this.#drops.count('rtcp-unknown-session');
    const packets = parseRtcpCompound(compound);
    if (typeof packets === 'string') return this.#drops.count('rtcp-malformed');
    for (const packet of packets) this.#handleRtcpPacket(session, packet, now);
  }

  /** Forwards what the batch brought. */
  flush(now: MonotonicMs): void {
    for (const producer of this.#touched) {
      this.#forward.forward(producer, now);
      producer.handleGivenUp();
      this.#requestKeyframe(producer, now);
    }
    this.#touched.clear();
    this.#sink.flush();
  }

  handleTimeout(now: MonotonicMs): void {
    this.#speakers.handleTimeout(now);
    this.#deadline = this.#speakers.deadline();
    for (const producer of this.#producers.values()) {
      if (producer.losses.deadline() <= now) this.#requestLost(producer, now);
      if (producer.cache.deadline() <= now) producer.cache.dropAged(now);
      this.#requestKeyframe(producer, now);
    }
    for (const session of this.#sessions.values()) {
      if (session.feedbackAt <= now)
        for (const feedback of session.takeTransportFeedback()) this.#sendRtcp(session, [feedback]);
      if (session.reportAt <= now) this.#sendReports(session, now);
      this.#deadline = earliest(this.#deadline, session.reportAt, session.feedbackAt);
    }
    this.#sink.flush();
  }

  /** At or before the earliest thing to do; exact after {@link handleTimeout}. */
  deadline(): MonotonicMs {
    return this.#deadline;
  }

  /** Tracks of those who speak, the main speaker first, if that changed since the last call. */
  pollSpeakers(): readonly string[] | undefined {
    return this.#speakers.pollChange();
  }

  statistics(now: MonotonicMs): RouterStatistics {
    return {
      producers: [...this.#producers.values()].map((producer) => producer.statistics(now)),
      consumers: [...this.#consumers.values()].map((consumer) => consumer.statistics(now)),
      drops: this.#drops.snapshot(),
    };
  }

  #unvoice(producer: Producer): void {
    if (producer.voice !== undefined) this.#speakers.close(producer.voice);
    producer.voice = undefined;
  }

  #startConsumer(consumer: Consumer, now: MonotonicMs): void {
    consumer.connect(this.#sink);
    if (consumer.producer.videoCodec !== undefined && !consumer.isPaused) this.#wantKeyframe(consumer.producer, now);
  }

  #handleRtcpPacket(session: RouterSession, packet: RtcpPacket, now: MonotonicMs): void {
    switch (packet.type) {
      case 'sr': {
        const producer = session.incoming.get(packet.ssrc)?.producer;
        if (producer !== undefined && producer.ssrc === packet.ssrc) {
          producer.clock = { ntp: packet.ntp, rtpTimestamp: packet.rtpTimestamp, arrivedAt: now };
          producer.reception.handleSenderReport(packet.ntp, now);
        }
        for (const report of packet.reports) this.#send.handleReport(session, report, now);
        return;
      }
      case 'rr':
        for (const report of packet.reports) this.#send.handleReport(session, report, now);
        return;
      case 'nack':
        return this.#send.handleNack(session, packet, now);
      case 'pli':
        return this.#handleKeyframeRequest(session, packet.mediaSsrc, now);
      case 'fir':
        for (const { ssrc } of packet.entries) this.#handleKeyframeRequest(session, ssrc, now);
        return;
      case 'sdes':
      case 'bye':
      case 'remb':
      case 'transport-feedback':
      case 'unknown':
        return;
    }
  }

  #requestLost(producer: Producer, now: MonotonicMs): void {
    const lostSequences = producer.losses.pollRequests(now);
    producer.handleGivenUp();
    if (lostSequences.length === 0 || producer.ssrc === undefined) return;
    producer.nackCount += lostSequences.length;
    const nack = {
      type: 'nack',
      senderSsrc: producer.session.localSsrc,
      mediaSsrc: producer.ssrc,
      lostSequences,
    } as const;
    this.#sendRtcp(producer.session, [nack]);
  }

  /** A receiver needs a picture to begin with. */
  #handleKeyframeRequest(session: RouterSession, ssrc: number, now: MonotonicMs): void {
    const consumer = session.consumersBySsrc.get(ssrc);
    if (consumer === undefined || consumer.isPaused || consumer.producer.videoCodec === undefined) return;
    consumer.keyframeRequestCount += 1;
    this.#wantKeyframe(consumer.producer, now);
  }

  #wantKeyframe(producer: Producer, now: MonotonicMs): void {
    producer.keyframes.want();
    this.#requestKeyframe(producer, now);
  }

  /** Asks for a keyframe when one is wanted and it is time, and looks at the producer's deadline. */
  #requestKeyframe(producer: Producer, now: MonotonicMs): void {
    const { session, ssrc, parameters } = producer;
    if (session.handle === undefined || ssrc === undefined) return;
    if (producer.keyframes.pollRequest(now)) {
      const senderSsrc = session.localSsrc;
      if (parameters.feedback.pli) {
        this.#sendRtcp(session, [{ type: 'pli', senderSsrc, mediaSsrc: ssrc }]);
      } else if (parameters.feedback.fir) {
        producer.firSequence = (producer.firSequence + 1) & 0xff;
        this.#sendRtcp(session, [{ type: 'fir', senderSsrc, entries: [{ ssrc, sequence: producer.firSequence }] }]);
      }
    }
    this.#deadline = earliest(this.#deadline, producer.deadline());
  }

  #sendReports(session: RouterSession, now: MonotonicMs): void {
    for (const compound of buildReports(session, now)) this.#sendRtcp(session, compound);
    session.reportAt = after(now, reportInterval);
  }

  #sendRtcp(session: RouterSession, packets: readonly RtcpPacket[]): void {
    if (session.handle === undefined) return;
    this.#sink.sendRtcp(session.handle, serializeRtcpCompound(fullCompound(session, packets)));
  }
}
