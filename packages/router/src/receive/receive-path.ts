import type { Counters, MonotonicMs, PacketPool } from '@rivero/core';
import {
  emptyExtensionElement,
  emptyRtpHeader,
  findExtensionElement,
  isKeyframeStart,
  parseRtpHeader,
  readMid,
  readTransportSequence,
  type RtpDefect,
  unwrapRtx,
} from '@rivero/protocol/rtp';
import type { RouterDrop } from '../drops.ts';
import { codecIntervalMin, sequenceJumpMax, unknownSsrcsMax } from '../limits.ts';
import type { Producer } from '../producer.ts';
import type { ProducerChanges } from '../producer-changes.ts';
import type { IncomingStream, RouterSession } from '../router-session.ts';
import type { SpeakerDetector } from '../speakers/speaker-detector.ts';
import type { ReceivedPacket } from './received-packet.ts';

const dropOf: Readonly<Record<RtpDefect, RouterDrop>> = {
  truncated: 'rtp-truncated',
  'bad-version': 'rtp-bad-version',
  'bad-padding': 'rtp-bad-padding',
  'empty-rtx': 'rtp-empty-rtx',
};

/**
 * What happens to each received packet: header → transport feedback → stream → RTX unwrapped → order → statistics →
 * cache → queued for the consumers.
 */
export class ReceivePath {
  readonly #pool: PacketPool;
  readonly #drops: Counters<RouterDrop>;
  readonly #speakers: SpeakerDetector;
  readonly #changes: ProducerChanges;
  readonly #header = emptyRtpHeader();
  readonly #element = emptyExtensionElement();

  constructor(options: {
    readonly pool: PacketPool;
    readonly drops: Counters<RouterDrop>;
    readonly speakers: SpeakerDetector;
    readonly changes: ProducerChanges;
  }) {
    this.#pool = options.pool;
    this.#drops = options.drops;
    this.#speakers = options.speakers;
    this.#changes = options.changes;
  }

  /** The producer that the packet belongs to, with the packet in its `pending`; `undefined` when it was dropped. */
  handlePacket(
    session: RouterSession,
    slot: number,
    offset: number,
    length: number,
    now: MonotonicMs,
  ): Producer | undefined {
    const { bytes } = this.#pool;
    const header = this.#header;
    const defect = parseRtpHeader(bytes, offset, length, header);
    if (defect !== undefined) return this.#drop(dropOf[defect]);

    this.#recordTransportSequence(session, now);
    const known = session.incoming.get(header.ssrc);
    if (known === undefined && session.sendersBySsrc.has(header.ssrc)) return this.#drop('rtp-own-ssrc');
    const stream = known ?? this.#bind(session, now);
    if (stream === undefined) return this.#drop('rtp-unknown-ssrc');
    const { producer } = stream;
    const { codec } = producer;

    if (stream.isRtx) {
      if (header.payloadType !== codec.rtxPayloadType) return this.#drop('rtp-unexpected-payload-type');
      // Padding on the RTX stream probes for bandwidth and carries nothing.
      if (header.payloadLength === 0) return undefined;
      const rtxDefect = unwrapRtx(bytes, header, { ssrc: producer.ssrc ?? 0, payloadType: codec.payloadType });
      if (rtxDefect !== undefined) return this.#drop(dropOf[rtxDefect]);
    } else if (header.payloadType !== codec.payloadType) {
      if (!this.#changeCodec(producer, now)) return undefined;
    } else if (header.ssrc !== producer.ssrc) {
      producer.beginStream(header.ssrc, codec);
    }

    const sequence = this.#order(producer, stream.isRtx, now);
    if (sequence === undefined) return undefined;
    const packet = this.#describe(producer, sequence, slot, now);
    this.#measure(producer, packet, stream.isRtx, now);
    producer.cache.put(packet, now);
    return producer;
  }

  #drop(reason: RouterDrop): undefined {
    this.#drops.count(reason);
    return undefined;
  }

  /** Finds whose SSRC it is: by MID, or by payload type when only one producer can be meant. */
  #bind(session: RouterSession, now: MonotonicMs): IncomingStream | undefined {
    const { ssrc, payloadType } = this.#header;
    const { unknownSsrcs } = session;
    if (unknownSsrcs.size >= unknownSsrcsMax && !unknownSsrcs.has(ssrc)) return undefined;
    for (const { parameters } of session.producers)
      if (parameters.otherSsrcs?.includes(ssrc) === true) return undefined;
    const candidates = [...session.producers].filter((producer) => producer.codecOf(payloadType) !== undefined);
    const byMid = candidates.find((producer) => this.#midOf(producer) === producer.parameters.mid);
    const alone = candidates.length === 1 && candidates[0].mayTake(ssrc, now) ? candidates[0] : undefined;
    const producer = byMid ?? alone;
    if (producer === undefined) {
      const [first] = session.producers;
      if (first?.parameters.followsSsrc !== true) unknownSsrcs.add(ssrc);
      return undefined;
    }
    const isRtx = producer.codecOf(payloadType)?.rtxPayloadType === payloadType;
    const replaced = isRtx ? producer.rtxSsrc : producer.ssrc;
    if (replaced !== undefined) session.incoming.delete(replaced);
    if (isRtx) producer.rtxSsrc = ssrc;
    const stream = { producer, isRtx };
    session.incoming.set(ssrc, stream);
    unknownSsrcs.delete(ssrc);
    return stream;
  }

  /** Another codec of the section takes over, with numbers that go on or with another SSRC; false: the packet is dropped. */
  #changeCodec(producer: Producer, now: MonotonicMs): boolean {
    const { ssrc, payloadType, sequence } = this.#header;
    const codec = producer.codecs.find((other) => other.payloadType === payloadType);
    const { newest } = producer.sequences;
    const isLate = ssrc === producer.ssrc && newest !== undefined && producer.sequences.peek(sequence) <= newest;
    const isSoon = producer.codecChangedAt !== undefined && now - producer.codecChangedAt < codecIntervalMin;
    if (codec === undefined) this.#drop('rtp-unexpected-payload-type');
    else if (isLate) this.#drop('rtp-too-old');
    else if (isSoon) this.#drop('rtp-codec-changes');
    if (codec === undefined || isLate || isSoon) return false;
    producer.codecChangedAt = now;
    producer.beginStream(ssrc, codec);
    this.#changes.noteCodec(producer);
    return true;
  }

  #midOf(producer: Producer): string | undefined {
    const id = producer.parameters.extensions.mid;
    if (id === undefined || !findExtensionElement(this.#pool.bytes, this.#header, id, this.#element)) return undefined;
    return readMid(this.#pool.bytes, this.#element);
  }

  /** Of every packet: what is padding, or of an unknown SSRC, was no less received by the transport. */
  #recordTransportSequence(session: RouterSession, now: MonotonicMs): void {
    const id = session.transportSequenceId;
    if (id === undefined || !findExtensionElement(this.#pool.bytes, this.#header, id, this.#element)) return;
    const sequence = readTransportSequence(this.#pool.bytes, this.#element);
    if (sequence !== -1) session.recordTransportSequence(sequence, this.#header.ssrc, now);
  }

  /** The extended sequence number; `undefined` for a packet that came before or that is too old for anybody. */
  #order(producer: Producer, isRtx: boolean, now: MonotonicMs): number | undefined {
    const { newest } = producer.sequences;
    const expected = producer.sequences.peek(this.#header.sequence);
    const ahead = newest === undefined ? 0 : expected - newest;
    // SRTP numbers never go back under the same keys (RFC 3711 section 3.3.1): what is far behind is late, not new.
    if (expected < 0 || ahead < -sequenceJumpMax) return this.#drop('rtp-too-old');
    if (isRtx && (newest === undefined || ahead > sequenceJumpMax)) return this.#drop('rtp-too-old');
    if (ahead > sequenceJumpMax) {
      const isSecond = producer.jumpNext === this.#header.sequence;
      producer.jumpNext = (this.#header.sequence + 1) & 0xffff;
      if (!isSecond) return this.#drop('rtp-jump');
      producer.beginStream(this.#header.ssrc, producer.codec);
    }
    producer.jumpNext = undefined;
    const sequence = producer.sequences.unwrap(this.#header.sequence);
    if (!producer.arrived.isNew(sequence)) {
      producer.duplicateCount += 1;
      return this.#drop('rtp-duplicate');
    }
    producer.arrived.add(sequence);
    if (producer.parameters.feedback.nack) producer.losses.handleArrival(sequence, now);
    return sequence;
  }

  /** In a record of its producer's pending ones. */
  #describe(producer: Producer, sequence: number, slot: number, now: MonotonicMs): ReceivedPacket {
    const { payloadOffset, payloadLength, timestamp, marker } = this.#header;
    const { extensions } = producer.parameters;
    const codec = producer.videoCodec;
    const packet = producer.pending.add();
    packet.sequence = sequence;
    packet.arrival = producer.packetCount;
    packet.slot = slot;
    packet.payloadOffset = payloadOffset;
    packet.payloadLength = payloadLength;
    packet.timestamp = timestamp;
    packet.marker = marker;
    packet.audioLevel = this.#oneByteValue(extensions.audioLevel);
    packet.videoOrientation = this.#oneByteValue(extensions.videoOrientation);
    packet.isKeyframeStart =
      codec !== undefined && isKeyframeStart(codec, this.#pool.bytes, payloadOffset, payloadLength);
    packet.arrivedAt = now;
    return packet;
  }

  #oneByteValue(id: number | undefined): number {
    if (id === undefined || !findExtensionElement(this.#pool.bytes, this.#header, id, this.#element)) return -1;
    return this.#element.length === 1 ? this.#pool.bytes[this.#element.offset] : -1;
  }

  #measure(producer: Producer, packet: ReceivedPacket, isRtx: boolean, now: MonotonicMs): void {
    producer.packetCount += 1;
    producer.byteCount += packet.payloadLength;
    producer.bitrate.count(packet.payloadLength, now);
    if (isRtx) producer.reception.handleRepair();
    else producer.reception.handlePacket(packet.sequence, packet.timestamp, now);
    if (producer.flow?.handlePacket(now) === true) this.#changes.noteFlow(producer);
    if (packet.audioLevel !== -1) {
      producer.audioLevel = packet.audioLevel;
      if (producer.voice !== undefined) this.#speakers.handleLevel(producer.voice, packet.audioLevel & 0x7f, now);
    }
    if (packet.isKeyframeStart) producer.keyframes.handleKeyframe();
  }
}
