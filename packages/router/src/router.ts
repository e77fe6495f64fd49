import {
  CodedError,
  Counters,
  Deadlines,
  earliest,
  type MonotonicMs,
  type PacketPool,
  type RandomBytes,
  randomUint32,
  type SessionHandle,
  Touched,
} from '@rivero/core';
import type { ImportOrigin } from './cascade/import-origin.ts';
import { ImportPath } from './cascade/import-path.ts';
import { RouterCascade } from './cascade/router-cascade.ts';
import { Consumers } from './consumers.ts';
import { Deadline } from './deadline.ts';
import { type RouterDrop, routerDrops } from './drops.ts';
import { ForwardPath } from './forward/forward-path.ts';
import { producersPerSessionMax } from './limits.ts';
import type {
  CodecParameters,
  ConsumerParameters,
  ProducerParameters,
  RouterSessionId,
  RouterSink,
  SenderParameters,
  SenderSource,
  SessionLimits,
} from './parameters.ts';
import { type FlowChange, ProducerChanges } from './producer-changes.ts';
import { Producer } from './producer.ts';
import { ClockOffset } from './receive/clock-offset.ts';
import { PublisherFeedback } from './receive/publisher-feedback.ts';
import { ReceivePath } from './receive/receive-path.ts';
import { RtcpPath } from './receive/rtcp-path.ts';
import { RouterSession } from './router-session.ts';
import { buildReports, nextReportAt } from './send/reports.ts';
import { SendPath } from './send/send-path.ts';
import { SpeakerDetector } from './speakers/speaker-detector.ts';
import type { RouterStatistics, SessionStatistics } from './statistics.ts';

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
  /** At or before the earliest deadline of any producer or voice. */
  readonly #deadline = new Deadline();
  readonly #sessionDeadlines = new Deadlines<RouterSession>();
  readonly #drops = new Counters<RouterDrop>(routerDrops);
  readonly #speakers = new SpeakerDetector();
  readonly #receive: ReceivePath;
  readonly #forward: ForwardPath;
  readonly #rtcp: RtcpPath;
  readonly #feedback: PublisherFeedback;
  readonly #consumers: Consumers;
  readonly #changes = new ProducerChanges();
  readonly #sessions = new Map<RouterSessionId, RouterSession>();
  readonly #producers = new Map<string, Producer>();
  readonly #touched = new Touched<Producer>();
  /** Its part of a room that several routers make up. */
  readonly cascade: RouterCascade;
  #nextSessionId = 1;

  constructor(options: RouterOptions) {
    this.#pool = options.pool;
    this.#sink = options.sink;
    this.#random = options.random;
    this.#receive = new ReceivePath({
      pool: this.#pool,
      drops: this.#drops,
      speakers: this.#speakers,
      changes: this.#changes,
    });
    this.#forward = new ForwardPath(this.#sink, this.#drops);
    this.#feedback = new PublisherFeedback(this.#sink, this.#deadline, this.#sessionDeadlines);
    this.#consumers = new Consumers(this.#sink, this.#random, this.#feedback);
    const send = new SendPath(this.#forward, this.#drops);
    this.#rtcp = new RtcpPath({ drops: this.#drops, send, feedback: this.#feedback });
    this.cascade = new RouterCascade({
      producers: this.#producers,
      touched: this.#touched,
      deadline: this.#deadline,
      feedback: this.#feedback,
      speakers: this.#speakers,
      path: new ImportPath(this.#drops, this.#speakers),
    });
  }

  /**
   * `clockOf`: a session of the same publisher, whose tracks are of one clock with those of this one. `origin`: its publisher
   * is in another router.
   */
  openSession({
    clockOf,
    origin,
  }: { readonly clockOf?: RouterSessionId; readonly origin?: ImportOrigin } = {}): RouterSessionId {
    const id = this.#nextSessionId++ as RouterSessionId;
    const clockOffset = clockOf === undefined ? new ClockOffset() : this.#session(clockOf).clockOffset;
    this.#sessions.set(id, new RouterSession({ id, localSsrc: randomUint32(this.#random), clockOffset, origin }));
    return id;
  }

  /** SRTP keys are there: its consumers begin. */
  connectSession(id: RouterSessionId, handle: SessionHandle, now: MonotonicMs): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    session.handle = handle;
    session.reportAt = nextReportAt(now);
    for (const consumer of session.consumers) this.#consumers.start(consumer, now);
    // Its own tracks may have been waited for.
    for (const producer of session.producers) {
      producer.wantKeyframe();
      this.#feedback.requestKeyframe(producer, now);
    }
    session.cap.handleConnected(now);
    this.#feedback.limitBitrate(session, now);
  }

  /**
   * How much video it may carry, from now on. Its peer is told at once, and each second while there is a limit, to send
   * no more than `receiveMax` and, when it follows its receivers, than they take.
   */
  setSessionLimits(id: RouterSessionId, limits: SessionLimits, now: MonotonicMs): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    session.cap.setLimits(limits, now);
    this.#feedback.limitBitrate(session, now);
    this.#feedback.limitPublishersTo(session, now);
  }

  /** Closes its producers, consumers and senders too. */
  closeSession(id: RouterSessionId): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#consumers.closeAll(session);
    for (const producer of session.producers) this.closeProducer(producer.id);
    this.#sessions.delete(id);
    this.#sessionDeadlines.delete(session);
  }

  openProducer(id: string, sessionId: RouterSessionId, parameters: ProducerParameters): void {
    const session = this.#session(sessionId);
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

  /** The codec in which it comes, or will come first. */
  producerCodec(id: string): CodecParameters | undefined {
    return this.#producers.get(id)?.codec;
  }

  /** The name of a producer whose codec changed; until consumers of the new one are opened, nothing of it is sent. */
  pollCodecChange(): string | undefined {
    return this.#changes.pollCodec();
  }

  /** That a watched producer's packets began to come, or that none came for two seconds. */
  pollFlowChange(): FlowChange | undefined {
    return this.#changes.pollFlow();
  }

  /** Asks for a keyframe, unless one was asked for just now. */
  requestKeyframe(producerId: string, now: MonotonicMs): void {
    const producer = this.#producers.get(producerId);
    if (producer?.videoCodec === undefined) return;
    // Of a track that is not received here none will ever come here.
    const { origin } = producer.session;
    if (origin !== undefined && !producer.isReceived) origin.requestKeyframe(producerId);
    else this.#feedback.wantKeyframe(producer, now);
  }

  /** Ends the track for everybody; lasting senders of it carry nothing then. */
  closeProducer(id: string): void {
    const producer = this.#producers.get(id);
    if (producer === undefined) return;
    for (const consumer of producer.consumers) this.#consumers.closeConsumer(consumer);
    producer.close();
    this.#changes.forget(producer);
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
    const session = this.#session(options.session);
    const producer = this.#producer(options.producerId);
    const { parameters, isPaused = false } = options;
    this.#consumers.open(id, { session, producer, parameters, isPaused }, now);
  }

  /** Sends it nothing more for now; it may come back at any time. */
  pauseConsumer(id: string): void {
    this.#consumers.pause(id);
  }

  /** Goes on, with the next number: with sound at once, with video from the keyframe that is asked for. */
  resumeConsumer(id: string, now: MonotonicMs): void {
    this.#consumers.resume(id, now);
  }

  closeConsumer(id: string): void {
    this.#consumers.close(id);
  }

  /** A place for one outgoing track under SSRCs that stay, whatever it carries; nothing at first. */
  openSender(id: string, session: RouterSessionId, parameters: SenderParameters): void {
    this.#consumers.openSender(id, this.#session(session), parameters);
  }

  /**
   * What it carries from now on; `undefined`: nothing. Its numbers and timestamps go on. Sound begins at once, video with
   * the keyframe that is asked for at once. When the producer closes it carries nothing.
   */
  setSenderSource(id: string, source: SenderSource | undefined, now: MonotonicMs): void {
    if (source === undefined) return this.#consumers.setSource(id, undefined, now);
    this.#consumers.setSource(id, { ...source, producer: this.#producer(source.producerId) }, now);
  }

  closeSender(id: string): void {
    this.#consumers.closeSender(id);
  }

  /** An RTP packet in the pool, authenticated; forwarded at the next {@link flush}. */
  handleRtp(
    id: RouterSessionId,
    packet: { readonly slot: number; readonly offset: number; readonly length: number },
    now: MonotonicMs,
  ): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return this.#drops.count('rtp-unknown-session');
    const { feedbackAt } = session;
    const producer = this.#receive.handlePacket(session, packet.slot, packet.offset, packet.length, now);
    if (producer !== undefined) this.#touched.add(producer);
    if (session.feedbackAt !== feedbackAt) this.#sessionDeadlines.set(session, session.deadline());
    this.#deadline.bringForward(this.#speakers.deadline());
  }

  /** An RTCP compound, authenticated. */
  handleRtcp(id: RouterSessionId, compound: Uint8Array, now: MonotonicMs): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return this.#drops.count('rtcp-unknown-session');
    this.#rtcp.handleCompound(session, compound, now);
  }

  /** Forwards what the batch brought to the receivers here; {@link RouterCascade.flush} to other routers. */
  flush(now: MonotonicMs): void {
    for (let i = 0; i < this.#touched.count; i++) {
      const producer = this.#touched.at(i);
      if (producer === undefined) continue;
      this.#forward.forward(producer, now);
      producer.handleGivenUp();
      this.#feedback.requestKeyframe(producer, now);
    }
    this.#touched.clear();
    this.#sink.flush();
  }

  handleTimeout(now: MonotonicMs): void {
    this.#speakers.handleTimeout(now);
    this.#deadline.at = this.#speakers.deadline();
    for (const producer of this.#producers.values()) {
      if (producer.losses.deadline() <= now) this.#feedback.requestLost(producer, now);
      if (producer.cache.deadline() <= now) producer.cache.dropAged(now);
      if (producer.flow?.handleTimeout(now) === true) this.#changes.noteFlow(producer);
      this.#feedback.requestKeyframe(producer, now);
    }
    const due = this.#sessionDeadlines;
    for (let session = due.takeDue(now); session !== undefined; session = due.takeDue(now)) {
      if (session.feedbackAt <= now) this.#feedback.tellArrivals(session);
      if (session.reportAt <= now) this.#sendReports(session, now);
      this.#feedback.limitBitrate(session, now);
    }
    this.#sink.flush();
  }

  /** At or before the earliest thing to do; exact after {@link handleTimeout}. */
  deadline(): MonotonicMs {
    return earliest(this.#deadline.at, this.#sessionDeadlines.first());
  }

  /** Tracks of those who speak, the main speaker first, if that changed since the last call. */
  pollSpeakers(): readonly string[] | undefined {
    return this.#speakers.pollChange();
  }

  /** Without the tracks of other routers, which they tell. */
  statistics(now: MonotonicMs): RouterStatistics {
    const sessions = [...this.#sessions.values()].filter(({ origin }) => origin === undefined);
    const all = sessions.map((session) => session.statistics(now));
    return {
      producers: all.flatMap(({ producers }) => producers),
      consumers: all.flatMap(({ consumers }) => consumers),
      senders: all.flatMap(({ senders }) => senders),
      drops: this.#drops.snapshot(),
    };
  }

  /** Of one session alone, however many there are; all of its lists are empty when it is closed. */
  sessionStatistics(id: RouterSessionId, now: MonotonicMs): SessionStatistics {
    return this.#sessions.get(id)?.statistics(now) ?? { producers: [], consumers: [], senders: [] };
  }

  #unvoice(producer: Producer): void {
    if (producer.voice !== undefined) this.#speakers.close(producer.voice);
    producer.voice = undefined;
  }

  #session(id: RouterSessionId): RouterSession {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new CodedError('peer-unknown', 'There is no such peer; open it first.');
    return session;
  }

  #producer(id: string): Producer {
    const producer = this.#producers.get(id);
    if (producer === undefined) throw new CodedError('track-unknown', 'There is no such track.', { trackId: id });
    return producer;
  }

  #sendReports(session: RouterSession, now: MonotonicMs): void {
    const { handle } = session;
    if (handle !== undefined) for (const compound of buildReports(session, now)) this.#sink.sendRtcp(handle, compound);
    session.reportAt = nextReportAt(now);
  }
}
