import type { Deadlines, MonotonicMs } from '@rivero/core';
import type { Deadline } from '../deadline.ts';
import type { RouterSink } from '../parameters.ts';
import type { Producer } from '../producer.ts';
import type { RouterSession } from '../router-session.ts';
import { sendRtcp } from '../send/send-rtcp.ts';

/** What we ask publishers for: lost packets, keyframes, and to send no more than somebody can use. */
export class PublisherFeedback {
  readonly #sink: RouterSink;
  /** Of producers. */
  readonly #deadline: Deadline;
  readonly #sessionDeadlines: Deadlines<RouterSession>;

  constructor(sink: RouterSink, deadline: Deadline, sessionDeadlines: Deadlines<RouterSession>) {
    this.#sink = sink;
    this.#deadline = deadline;
    this.#sessionDeadlines = sessionDeadlines;
  }

  /** When its packets arrived, as far as it was not told before. */
  tellArrivals(session: RouterSession): void {
    for (let feedback = session.pollTransportFeedback(); feedback; feedback = session.pollTransportFeedback())
      sendRtcp(this.#sink, session, [feedback]);
  }

  requestLost(producer: Producer, now: MonotonicMs): void {
    const lostSequences = producer.losses.pollRequests(now);
    producer.handleGivenUp();
    if (lostSequences.length === 0 || producer.ssrc === undefined) return;
    producer.nackCount += lostSequences.length;
    const { session, ssrc: mediaSsrc } = producer;
    sendRtcp(this.#sink, session, [{ type: 'nack', senderSsrc: session.localSsrc, mediaSsrc, lostSequences }]);
  }

  wantKeyframe(producer: Producer, now: MonotonicMs): void {
    producer.keyframes.want();
    this.requestKeyframe(producer, now);
  }

  /** Asks for a keyframe when one is wanted and it is time, and looks at the producer's deadline. */
  requestKeyframe(producer: Producer, now: MonotonicMs): void {
    const { session, ssrc, parameters } = producer;
    if (session.origin !== undefined) {
      if (producer.keyframes.pollRequest(now)) session.origin.requestKeyframe(producer.id);
      return this.#deadline.bringForward(producer.deadline());
    }
    if (session.handle === undefined || ssrc === undefined) return;
    if (producer.keyframes.pollRequest(now)) {
      const senderSsrc = session.localSsrc;
      if (parameters.feedback.pli) {
        producer.pliCount += 1;
        sendRtcp(this.#sink, session, [{ type: 'pli', senderSsrc, mediaSsrc: ssrc }]);
      } else if (parameters.feedback.fir) {
        producer.firCount += 1;
        const entries = [{ ssrc, sequence: producer.firCount & 0xff }];
        sendRtcp(this.#sink, session, [{ type: 'fir', senderSsrc, entries }]);
      }
    }
    this.#deadline.bringForward(producer.deadline());
  }

  /** Tells the publisher its limit when it is time to, and sets the session's deadline. */
  limitBitrate(session: RouterSession, now: MonotonicMs): void {
    const { cap } = session;
    if (cap.deadline() <= now) {
      const ssrcs = session.videoSsrcs();
      if (session.origin !== undefined) {
        const bitrate = cap.poll(() => session.receiversTake(), now);
        if (bitrate !== undefined) session.origin.limitBitrate(bitrate);
      } else if (session.handle === undefined || ssrcs.length === 0) {
        cap.postpone(now);
      } else {
        const bitrate = cap.poll(() => session.receiversTake(), now);
        if (bitrate !== undefined)
          sendRtcp(this.#sink, session, [{ type: 'remb', senderSsrc: session.localSsrc, bitrate, ssrcs }]);
      }
    }
    this.#sessionDeadlines.set(session, session.deadline());
  }

  /** What the session takes changed: those whose video it receives may have to send less. */
  limitPublishersTo(session: RouterSession, now: MonotonicMs): void {
    if (session.takes === Number.POSITIVE_INFINITY) return;
    for (const { producer } of session.consumers) {
      if (producer.parameters.kind === 'video') this.limitPublisher(producer, session, now);
    }
  }

  limitPublisher(producer: Producer, receiver: RouterSession, now: MonotonicMs): void {
    const publisher = producer.session;
    publisher.cap.handleReceiver(receiver.takes, now);
    this.limitBitrate(publisher, now);
  }
}
