import {
  type MonotonicMs,
  monotonicMs,
  PacketPool,
  packetSlotSize,
  SendBatch,
  sendFlag,
  type SessionHandle,
  type StreamHandle,
} from '@rivero/core';
import { parseRtcpCompound, type RtcpPacket, sdesItemType, serializeRtcpCompound } from '@rivero/protocol/rtcp';
import {
  closeOneByteExtension,
  extensionElementsOffset,
  writeAudioLevel,
  writeMid,
  writeRtpHeader,
  writeTransportSequence,
} from '@rivero/protocol/rtp';
import {
  type ConsumerParameters,
  type MediaKind,
  type ProducerParameters,
  Router,
  type RouterSessionId,
  type SenderParameters,
  type SenderSource,
  type SinkStreamOptions,
} from '../src/index.ts';

/** A row that left the router. */
export interface SentRow {
  readonly stream: SinkStreamOptions;
  /** Extended. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly payloadType: number;
  readonly marker: boolean;
  readonly isRtx: boolean;
  readonly isResend: boolean;
  readonly originalSequence: number;
  readonly elements: Uint8Array;
  readonly payload: Uint8Array;
}

/** An RTP packet to publish; what is left out is that of a VP8 delta frame. */
export interface PublishedPacket {
  readonly sequence: number;
  readonly timestamp?: number;
  readonly ssrc?: number;
  readonly payloadType?: number;
  readonly marker?: boolean;
  readonly mid?: string;
  readonly transportSequence?: number;
  /** In -dBov. */
  readonly audioLevel?: number;
  readonly payload?: Uint8Array;
}

export const publishedSsrc = 1_000;
export const publishedRtxSsrc = 1_001;
export const midExtension = 4;
const transportSequenceExtension = 5;
const audioLevelExtension = 1;

/** Beginnings of VP8 payloads (RFC 7741 section 4): a keyframe, and a frame that needs others. */
export const keyframe = Uint8Array.of(0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01);
export const delta = Uint8Array.of(0x10, 0x11, 0, 0);

export const video: ProducerParameters = {
  kind: 'video',
  codec: { name: 'VP8', clockRate: 90_000, payloadType: 96, rtxPayloadType: 97 },
  mid: '0',
  ssrc: publishedSsrc,
  rtxSsrc: publishedRtxSsrc,
  extensions: { mid: midExtension },
  feedback: { nack: true, pli: true, fir: false, transportCc: false },
};

export const withTransportSequence: ProducerParameters = {
  ...video,
  extensions: { mid: midExtension, transportSequence: transportSequenceExtension },
  feedback: { ...video.feedback, transportCc: true },
};

export const audio: ProducerParameters = {
  kind: 'audio',
  codec: { name: 'opus', clockRate: 48_000, payloadType: 111 },
  mid: '1',
  ssrc: 3_000,
  extensions: { audioLevel: audioLevelExtension },
  feedback: { nack: false, pli: false, fir: false, transportCc: false },
};

/** What a subscriber of `video` negotiated; with RTX unless told otherwise. */
export function receivingVideo(ssrc: number, hasRtx = true): ConsumerParameters {
  const codec = { name: 'VP8', clockRate: 90_000, payloadType: 100 };
  const { feedback } = video;
  const parameters = { codec, mid: 'r0', ssrc, cname: 'cname', extensions: {}, feedback };
  return hasRtx ? { ...parameters, codec: { ...codec, rtxPayloadType: 101 }, rtxSsrc: ssrc + 1 } : parameters;
}

/** A lasting sender, with an RTX SSRC for video. */
export function sending(kind: MediaKind, ssrc: number, hasRtx = kind === 'video'): SenderParameters {
  const parameters = { kind, mid: kind, ssrc, cname: 'lasting', extensions: {} };
  return hasRtx ? { ...parameters, rtxSsrc: ssrc + 1 } : parameters;
}

/** What a sender of video carries: a track of {@link video}'s kind. */
export function videoSource(producerId: string): SenderSource {
  const { codec, feedback } = receivingVideo(0);
  return { producerId, codec, feedback };
}

/** A router with an array for a sink and a hand-turned clock. */
export class Scene {
  readonly pool = new PacketPool(256);
  readonly router: Router;
  readonly rows: SentRow[] = [];
  readonly rtcp: { readonly session: SessionHandle; readonly packets: readonly RtcpPacket[] }[] = [];
  readonly streams = new Map<StreamHandle, SinkStreamOptions>();
  now: MonotonicMs = monotonicMs(0);
  readonly #batch: SendBatch;
  #nextHandle = 1;

  constructor(batchCapacity = 64) {
    this.#batch = new SendBatch(batchCapacity);
    let counter = 1;
    this.router = new Router({
      pool: this.pool,
      random: (length) => Uint8Array.from({ length }, () => counter++ & 0xff),
      sink: {
        batch: this.#batch,
        flush: () => this.#flush(),
        sendRtcp: (session, compound) => void this.rtcp.push({ session, packets: parseAll(compound) }),
        openStream: (options) => {
          const handle = this.#nextHandle++ as StreamHandle;
          this.streams.set(handle, options);
          return handle;
        },
        closeStream: (stream) => void this.streams.delete(stream),
      },
    });
  }

  /** A session that has its SRTP keys. */
  connect(): { readonly id: RouterSessionId; readonly handle: SessionHandle } {
    const id = this.router.openSession();
    const handle = this.#nextHandle++ as SessionHandle;
    this.router.connectSession(id, handle, this.now);
    return { id, handle };
  }

  /** A publisher of `parameters`, as track `track`. */
  publish(parameters: ProducerParameters = video, track = 'track') {
    const publisher = this.connect();
    this.router.openProducer(track, publisher.id, parameters);
    return publisher;
  }

  subscribe(parameters: ConsumerParameters, track = 'track') {
    const subscriber = this.connect();
    this.router.openConsumer(
      `${track} to ${parameters.ssrc}`,
      { producerId: track, session: subscriber.id, parameters },
      this.now,
    );
    return subscriber;
  }

  /** A session with a lasting sender in the name of its SSRC, which carries nothing yet. */
  openSender(parameters: SenderParameters) {
    const receiver = this.connect();
    this.router.openSender(String(parameters.ssrc), receiver.id, parameters);
    return receiver;
  }

  /** What a sender of this SSRC carries from now on. */
  setSource(ssrc: number, source: SenderSource | undefined): void {
    this.router.setSenderSource(String(ssrc), source, this.now);
  }

  /** One batch of packets from one peer. */
  send(session: RouterSessionId, ...packets: readonly PublishedPacket[]): void {
    for (const packet of packets) {
      const slot = this.pool.take();
      const offset = slot * packetSlotSize;
      const length = this.#write(offset, packet);
      this.router.handleRtp(session, { slot, offset, length }, this.now);
      this.pool.release(slot);
    }
    this.#forward();
  }

  /** Bytes as they are. */
  sendBytes(session: RouterSessionId, bytes: Uint8Array): void {
    const slot = this.pool.take();
    const offset = slot * packetSlotSize;
    this.pool.bytes.set(bytes, offset);
    this.router.handleRtp(session, { slot, offset, length: bytes.length }, this.now);
    this.pool.release(slot);
    this.#forward();
  }

  sendRtcp(session: RouterSessionId, ...packets: readonly RtcpPacket[]): void {
    this.router.handleRtcp(session, serializeRtcpCompound(packets), this.now);
    this.router.flush(this.now);
  }

  /** Turns the clock, stopping at every deadline. */
  run(spanMs: number): void {
    const end = this.now + spanMs;
    for (;;) {
      const deadline = this.router.deadline();
      if (deadline > end) break;
      this.now = monotonicMs(Math.max(this.now, deadline));
      this.router.handleTimeout(this.now);
    }
    this.now = monotonicMs(end);
  }

  /** Packets of one type that went to one session. */
  rtcpTo<Type extends RtcpPacket['type']>(
    session: SessionHandle,
    type: Type,
  ): readonly (RtcpPacket & { type: Type })[] {
    const packets = this.rtcp.filter((sent) => sent.session === session).flatMap((sent) => sent.packets);
    return packets.filter((packet): packet is RtcpPacket & { type: Type } => packet.type === type);
  }

  drops(): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(this.router.statistics(this.now).drops).filter(([, count]) => count > 0));
  }

  #write(offset: number, packet: PublishedPacket): number {
    const { bytes } = this.pool;
    let length = writeRtpHeader(bytes, offset, {
      payloadType: packet.payloadType ?? 96,
      marker: packet.marker ?? false,
      sequence: packet.sequence,
      timestamp: packet.timestamp ?? packet.sequence * 3_000,
      ssrc: packet.ssrc ?? publishedSsrc,
    });
    const { mid, transportSequence, audioLevel } = packet;
    const elements = offset + extensionElementsOffset;
    let end = elements;
    if (mid !== undefined) end = writeMid(bytes, end, midExtension, mid);
    if (transportSequence !== undefined)
      end = writeTransportSequence(bytes, end, transportSequenceExtension, transportSequence);
    if (audioLevel !== undefined) end = writeAudioLevel(bytes, end, audioLevelExtension, audioLevel);
    if (end > elements) length = closeOneByteExtension(bytes, offset, end - elements);
    bytes.set(packet.payload ?? delta, offset + length);
    return length + (packet.payload ?? delta).length;
  }

  #forward(): void {
    this.router.cascade.flush();
    this.router.flush(this.now);
  }

  #flush(): void {
    const batch = this.#batch;
    for (let row = 0; row < batch.count; row++) {
      const stream = this.streams.get(batch.stream[row] as StreamHandle);
      if (stream === undefined) throw new Error('a row for a stream that is not open');
      const from = batch.extensionOffset[row];
      const payloadAt = batch.payloadOffset[row];
      this.rows.push({
        stream,
        sequence: batch.rolloverCounter[row] * 65_536 + batch.sequence[row],
        timestamp: batch.timestamp[row],
        payloadType: batch.payloadType[row],
        marker: (batch.flags[row] & sendFlag.marker) !== 0,
        isRtx: (batch.flags[row] & sendFlag.rtx) !== 0,
        isResend: (batch.flags[row] & sendFlag.resend) !== 0,
        originalSequence: batch.originalSequence[row],
        elements: batch.extensionBytes.slice(from, from + batch.extensionLength[row]),
        payload: this.pool.bytes.slice(payloadAt, payloadAt + batch.payloadLength[row]),
      });
    }
    batch.clear();
  }
}

function parseAll(compound: Uint8Array): readonly RtcpPacket[] {
  const packets = parseRtcpCompound(compound);
  if (typeof packets === 'string') throw new Error(`the router sent defective RTCP: ${packets}`);
  const isReport = packets[0].type === 'sr' || packets[0].type === 'rr';
  const items = packets.flatMap((packet) =>
    packet.type === 'sdes' ? packet.chunks.flatMap((chunk) => chunk.items) : [],
  );
  const hasCname = items.some(({ itemType }) => itemType === sdesItemType.cname);
  if (!isReport || !hasCname) throw new Error('the router sent a compound without a report or a CNAME');
  return packets;
}
