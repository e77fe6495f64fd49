import { type Counters, elapsed, milliseconds, type MonotonicMs } from '@rivero/core';
import { compactNtpToMs, type GenericNack, type ReportBlock } from '@rivero/protocol/rtcp';
import type { Consumer } from '../consumer.ts';
import type { RouterDrop } from '../drops.ts';
import type { ForwardPath } from '../forward/forward-path.ts';
import type { RouterSession } from '../router-session.ts';

/** What receivers say about what we send them: requests for lost packets, and reports. */
export class SendPath {
  readonly #forward: ForwardPath;
  readonly #drops: Counters<RouterDrop>;

  constructor(forward: ForwardPath, drops: Counters<RouterDrop>) {
    this.#forward = forward;
    this.#drops = drops;
  }

  handleNack(session: RouterSession, nack: GenericNack, now: MonotonicMs): void {
    const consumer = session.consumersBySsrc.get(nack.mediaSsrc);
    if (consumer === undefined || !consumer.isFlowing) return this.#drops.count('nack-unknown-stream');
    for (const sequence of nack.lostSequences) this.#answer(consumer, sequence, now);
  }

  handleReport(session: RouterSession, report: ReportBlock, now: MonotonicMs): void {
    const consumer = session.consumersBySsrc.get(report.ssrc);
    if (consumer === undefined) return;
    consumer.fractionLost = report.fractionLost / 256;
    consumer.jitterMs = (report.jitter / consumer.producer.parameters.codec.clockRate) * 1000;
    const { sentReport } = consumer;
    if (sentReport === undefined || report.lastSenderReport !== sentReport.compactNtp) return;
    const roundTrip = elapsed(sentReport.at, now) - compactNtpToMs(report.delaySinceLastSenderReport);
    consumer.roundTripTime = milliseconds(Math.max(0, roundTrip));
  }

  #answer(consumer: Consumer, sequence16: number, now: MonotonicMs): void {
    consumer.nackCount += 1;
    const incoming = consumer.rewriter.incoming(sequence16);
    const packet = incoming === -1 ? undefined : consumer.producer.cache.get(incoming);
    if (packet === undefined) return this.#drops.count('nack-too-old');
    const sequence = consumer.rewriter.sequence(incoming);
    const hasRtx = consumer.rtxStream !== undefined;
    if (!hasRtx && consumer.rewriter.newest - sequence >= consumer.resendMax) return this.#drops.count('nack-too-old');
    if (!consumer.resends.allows(sequence, consumer.roundTripTime, now)) return this.#drops.count('nack-limited');
    consumer.retransmitCount += 1;
    if (hasRtx) this.#forward.retransmit(consumer, packet, sequence);
    else this.#forward.resend(consumer, packet, sequence);
  }
}
