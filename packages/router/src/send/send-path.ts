import type { Counters, MonotonicMs } from '@rivero/core';
import type { GenericNack } from '@rivero/protocol/rtcp';
import type { RouterDrop } from '../drops.ts';
import type { ForwardPath } from '../forward/forward-path.ts';
import type { RouterSession } from '../router-session.ts';
import type { Sender } from '../sender.ts';

/** Answers receivers' requests for lost packets. */
export class SendPath {
  readonly #forward: ForwardPath;
  readonly #drops: Counters<RouterDrop>;

  constructor(forward: ForwardPath, drops: Counters<RouterDrop>) {
    this.#forward = forward;
    this.#drops = drops;
  }

  handleNack(session: RouterSession, nack: GenericNack, now: MonotonicMs): void {
    const sender = session.sendersBySsrc.get(nack.mediaSsrc);
    if (sender === undefined) return this.#drops.count('nack-unknown-stream');
    for (const sequence of nack.lostSequences) this.#answer(sender, sequence, now);
  }

  #answer(sender: Sender, sequence16: number, now: MonotonicMs): void {
    const { consumer, rewriter } = sender;
    sender.nackCount += 1;
    // What another producer sent, or what was sent before a pause, is not to be had any more.
    if (consumer === undefined || !consumer.isFlowing) return this.#drops.count('nack-too-old');
    const incoming = rewriter.incoming(sequence16);
    const packet = incoming === -1 ? undefined : consumer.producer.cache.get(incoming);
    if (packet === undefined) return this.#drops.count('nack-too-old');
    const sequence = rewriter.sequence(incoming);
    const hasRtx = sender.rtxStream !== undefined && consumer.codec.rtxPayloadType !== undefined;
    if (!hasRtx && rewriter.newest - sequence >= sender.resendMax) return this.#drops.count('nack-too-old');
    if (!sender.resends.allows(sequence, sender.roundTripTime, now)) return this.#drops.count('nack-limited');
    sender.retransmitCount += 1;
    if (hasRtx) this.#forward.retransmit(consumer, packet, sequence);
    else this.#forward.resend(consumer, packet, sequence);
  }
}
