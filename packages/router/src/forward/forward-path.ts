import { type Counters, type MonotonicMs, type SendBatch, sendFlag } from '@rivero/core';
import type { Consumer } from '../consumer.ts';
import type { RouterDrop } from '../drops.ts';
import type { RouterSink } from '../parameters.ts';
import type { Producer } from '../producer.ts';
import type { ReceivedPacket } from '../receive/received-packet.ts';
import type { Sender } from '../sender.ts';

/** One-byte-form elements of one byte each (RFC 8285 section 4.2): the length field is the length less one. */
function writeElement(batch: SendBatch, id: number, value: number): void {
  batch.extensionBytes[batch.extensionUsed++] = id << 4;
  batch.extensionBytes[batch.extensionUsed++] = value;
}

/** Most bytes of elements that one row writes. */
const elementBytesMax = 4;

/**
 * What the batch in hand brought goes out, consumer by consumer: a beginning → sequence number and timestamp rewritten →
 * header extension values → one row of the send batch. Payloads are not touched.
 */
export class ForwardPath {
  readonly #sink: RouterSink;
  readonly #drops: Counters<RouterDrop>;

  constructor(sink: RouterSink, drops: Counters<RouterDrop>) {
    this.#sink = sink;
    this.#drops = drops;
  }

  /** Forwards and forgets what is pending. */
  forward(producer: Producer, now: MonotonicMs): void {
    const { pending } = producer;
    for (const consumer of producer.consumers) {
      if (!consumer.isReceiving) continue;
      for (let i = 0; i < pending.count; i++) this.#forwardPacket(consumer, pending.at(i), now);
    }
    pending.clear();
  }

  /**
   * A row that sends a cached packet once more to a receiver without RTX, under the same number. It says what the first one
   * said, for the datapath lets nothing else out under an index that was used.
   */
  resend(consumer: Consumer, packet: ReceivedPacket, sequence: number): void {
    const row = this.#writeRow(consumer, packet, sequence);
    this.#sink.batch.flags[row] |= sendFlag.resend;
  }

  /** A row that sends a cached packet once more as RTX. */
  retransmit(consumer: Consumer, packet: ReceivedPacket, sequence: number): void {
    const { rtxPayloadType } = consumer.codec;
    const { sender } = consumer;
    if (sender.rtxStream === undefined || rtxPayloadType === undefined) return;
    const row = this.#writeRow(consumer, packet, sender.nextRtxSequence++);
    const { batch } = this.#sink;
    batch.stream[row] = sender.rtxStream;
    batch.payloadType[row] = rtxPayloadType;
    batch.flags[row] |= sendFlag.rtx;
    batch.originalSequence[row] = sequence & 0xffff;
  }

  #forwardPacket(consumer: Consumer, packet: ReceivedPacket, now: MonotonicMs): void {
    const { producer } = consumer;
    if (consumer.epoch === producer.epoch) return this.#send(consumer, packet, now);
    if (consumer.agreedCodec !== producer.codec) return this.#drops.count('forward-codec-differs');
    if (producer.videoCodec === undefined || packet.isKeyframeStart) this.#begin(consumer, packet, now);
  }

  /** Also sends what follows and arrived before, as when the first packet had to be repaired: nobody else would. */
  #begin(consumer: Consumer, packet: ReceivedPacket, now: MonotonicMs): void {
    const { producer, codec } = consumer;
    const { rewriter, lastSentAt } = consumer.sender;
    if (consumer.clockEpoch === producer.epoch) {
      rewriter.resume(packet.sequence);
    } else {
      const gapMs = lastSentAt === -1 ? 0 : now - lastSentAt;
      rewriter.begin(packet.sequence, packet.timestamp, Math.max(1, Math.round((gapMs / 1000) * codec.clockRate)));
    }
    consumer.epoch = producer.epoch;
    consumer.clockEpoch = producer.epoch;
    this.#send(consumer, packet, now);
    const newest = producer.sequences.newest ?? packet.sequence;
    for (let sequence = packet.sequence + 1; sequence <= newest; sequence++) {
      const following = producer.cache.get(sequence);
      if (following !== undefined && following.arrival < packet.arrival) this.#send(consumer, following, now);
    }
  }

  #send(consumer: Consumer, packet: ReceivedPacket, now: MonotonicMs): void {
    const { sender } = consumer;
    const { rewriter } = sender;
    const sequence = rewriter.sequence(packet.sequence);
    if (sequence === -1) return;
    const row = this.#writeRow(consumer, packet, sequence);
    rewriter.handleSent(sequence, this.#sink.batch.timestamp[row]);
    // Whole, or it would be an object of its own.
    sender.lastSentAt = Math.floor(now);
    sender.packetCount += 1;
    sender.byteCount += packet.payloadLength;
    sender.bitrate.count(packet.payloadLength, now);
  }

  /** Of a first sending; whoever sends again changes it. */
  #writeRow(consumer: Consumer, packet: ReceivedPacket, sequence: number): number {
    const { batch } = this.#sink;
    const { sender } = consumer;
    const isFull = batch.count === batch.capacity;
    if (isFull || batch.extensionUsed + elementBytesMax > batch.extensionBytes.length) this.#sink.flush();
    const row = batch.count++;
    batch.stream[row] = sender.stream ?? 0;
    batch.payloadOffset[row] = packet.payloadOffset;
    batch.payloadLength[row] = packet.payloadLength;
    batch.rolloverCounter[row] = Math.floor(sequence / 65_536);
    batch.sequence[row] = sequence & 0xffff;
    batch.timestamp[row] = sender.rewriter.timestamp(packet.timestamp);
    batch.payloadType[row] = consumer.payloadType;
    batch.flags[row] = packet.marker ? sendFlag.marker : 0;
    this.#writeElements(sender, packet, row);
    return row;
  }

  #writeElements(sender: Sender, packet: ReceivedPacket, row: number): void {
    const { batch } = this.#sink;
    batch.extensionOffset[row] = batch.extensionUsed;
    batch.extensionLength[row] = 0;
    if (packet.audioLevel === -1 && packet.videoOrientation === -1) return;
    const { audioLevel, videoOrientation } = sender.parameters.extensions;
    if (audioLevel !== undefined && packet.audioLevel !== -1) writeElement(batch, audioLevel, packet.audioLevel);
    if (videoOrientation !== undefined && packet.videoOrientation !== -1) {
      writeElement(batch, videoOrientation, packet.videoOrientation);
    }
    batch.extensionLength[row] = batch.extensionUsed - batch.extensionOffset[row];
  }
}
