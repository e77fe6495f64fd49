import type { Counters, MonotonicMs } from '@rivero/core';
import { parseRtcpCompound, type RtcpPacket } from '@rivero/protocol/rtcp';
import type { RouterDrop } from '../drops.ts';
import type { RouterSession } from '../router-session.ts';
import type { SendPath } from '../send/send-path.ts';
import type { Sender } from '../sender.ts';
import { reportedTime } from './clock-offset.ts';
import type { PublisherFeedback } from './publisher-feedback.ts';

type SenderReport = RtcpPacket & { readonly type: 'sr' };

/** What happens to each received RTCP compound: its packets → reports, clocks, requests for packets and for keyframes. */
export class RtcpPath {
  readonly #drops: Counters<RouterDrop>;
  readonly #send: SendPath;
  readonly #feedback: PublisherFeedback;

  constructor(options: {
    readonly drops: Counters<RouterDrop>;
    readonly send: SendPath;
    readonly feedback: PublisherFeedback;
  }) {
    this.#drops = options.drops;
    this.#send = options.send;
    this.#feedback = options.feedback;
  }

  handleCompound(session: RouterSession, compound: Uint8Array, now: MonotonicMs): void {
    const packets = parseRtcpCompound(compound);
    if (typeof packets === 'string') return this.#drops.count('rtcp-malformed');
    for (const packet of packets) this.#handlePacket(session, packet, now);
  }

  #handlePacket(session: RouterSession, packet: RtcpPacket, now: MonotonicMs): void {
    switch (packet.type) {
      case 'sr':
        this.#handleSenderReport(session, packet, now);
        for (const report of packet.reports) session.sendersBySsrc.get(report.ssrc)?.handleReport(report, now);
        return;
      case 'rr':
        for (const report of packet.reports) session.sendersBySsrc.get(report.ssrc)?.handleReport(report, now);
        return;
      case 'nack':
        return this.#send.handleNack(session, packet, now);
      case 'pli':
        return this.#handleKeyframeRequest(session.sendersBySsrc.get(packet.mediaSsrc), 'pli', now);
      case 'fir':
        for (const { ssrc } of packet.entries) this.#handleKeyframeRequest(session.sendersBySsrc.get(ssrc), 'fir', now);
        return;
      case 'remb':
        session.handleRemb(packet.bitrate, now);
        return this.#feedback.limitPublishersTo(session, now);
      case 'sdes':
      case 'bye':
      case 'transport-feedback':
      case 'unknown':
        return;
    }
  }

  /** What the publisher's clock shows: for our reports to its receivers, and theirs who receive it in other routers. */
  #handleSenderReport(session: RouterSession, { ssrc, ntp, rtpTimestamp }: SenderReport, now: MonotonicMs): void {
    const producer = session.incoming.get(ssrc)?.producer;
    if (producer === undefined || producer.ssrc !== ssrc) return;
    const time = reportedTime(ntp, now);
    session.clockOffset.handleReport(time, now);
    producer.clock = { time, rtpTimestamp, arrivedAt: now };
    producer.reception.handleSenderReport(ntp, now);
    for (const exported of producer.exports.values()) exported.tellClock(producer, now);
  }

  /** A receiver needs a picture to begin with. */
  #handleKeyframeRequest(sender: Sender | undefined, by: 'pli' | 'fir', now: MonotonicMs): void {
    if (sender === undefined) return;
    if (by === 'pli') sender.pliCount += 1;
    else sender.firCount += 1;
    const { consumer } = sender;
    if (consumer === undefined || consumer.isPaused || consumer.producer.videoCodec === undefined) return;
    sender.keyframeRequestCount += 1;
    this.#feedback.wantKeyframe(consumer.producer, now);
  }
}
