import type { BitsPerSecond, SendBatch, SessionHandle, StreamHandle } from '@rivero/core';

declare const id: unique symbol;

/** A session as the router knows it: from the first negotiation on, before it has SRTP keys. */
export type RouterSessionId = number & { readonly [id]: 'router-session' };

export type MediaKind = 'audio' | 'video';

/** RTCP feedback that was negotiated. */
export interface Feedback {
  readonly nack: boolean;
  readonly pli: boolean;
  readonly fir: boolean;
  readonly transportCc: boolean;
}

/** Header extension ids of one peer's section; those left out are not negotiated. */
export interface Extensions {
  readonly mid?: number;
  readonly audioLevel?: number;
  readonly videoOrientation?: number;
  readonly transportSequence?: number;
}

export interface CodecParameters {
  /** RTP encoding name: `opus`, `PCMU`, `PCMA`, `VP8`, `VP9`, `H264`, `H265`, `AV1`. */
  readonly name: string;
  readonly clockRate: number;
  readonly payloadType: number;
  readonly rtxPayloadType?: number;
}

/** A track that comes in. */
export interface ProducerParameters {
  readonly kind: MediaKind;
  /** Until a packet of another one comes. */
  readonly codec: CodecParameters;
  /** What may come too, told by payload type. */
  readonly alternatives?: readonly CodecParameters[];
  readonly mid: string;
  /** As announced; left out where MID tells. */
  readonly ssrc?: number;
  readonly rtxSsrc?: number;
  /** Of other layers, which come by the same section and are dropped, although their MID says that they are this track. */
  readonly otherSsrcs?: readonly number[];
  /** Its session carries nothing else: another SSRC with one of its payload types takes over. Left out: false. */
  readonly followsSsrc?: boolean;
  readonly extensions: Extensions;
  readonly feedback: Feedback;
  /** That it begins and stops to come is told; left out: false. */
  readonly watchesFlow?: boolean;
}

/** A place for one outgoing track, whose producer may change. */
export interface SenderParameters {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly ssrc: number;
  /** With it lost packets are repaired by RTX (RFC 4588), without it by sending them again. */
  readonly rtxSsrc?: number;
  readonly cname: string;
  readonly extensions: Extensions;
}

/** A producer's track as it goes out to one peer. */
export interface ConsumerParameters extends Omit<SenderParameters, 'kind'> {
  /** With the receiver's payload types. */
  readonly codec: CodecParameters;
  readonly feedback: Feedback;
}

/** What a sender carries: a producer's track, in a codec that its receiver agreed to, with the receiver's payload types. */
export interface SenderSource {
  readonly producerId: string;
  readonly codec: CodecParameters;
  readonly feedback: Feedback;
}

/** How much video a session may carry; 0: no limit. Nothing is transcoded: publishers are told to send no more (REMB). */
export interface SessionLimits {
  /** What its peer is asked for is never less. */
  readonly receiveMin: BitsPerSecond;
  readonly receiveMax: BitsPerSecond;
  readonly sendMax: BitsPerSecond;
  /** Its peer is asked for no more than the weakest receiver of its video takes. */
  readonly followsReceivers: boolean;
}

export interface SinkStreamOptions {
  readonly session: SessionHandle;
  readonly ssrc: number;
  readonly extensionElements: Uint8Array;
  readonly resendMax: number;
}

/** Where packets leave the router. */
export interface RouterSink {
  /** Rows are written here; when it is full, and at the end of each batch, it is flushed. */
  readonly batch: SendBatch;
  /** Executes all rows and clears the batch. */
  flush(): void;
  sendRtcp(session: SessionHandle, compound: Uint8Array): void;
  openStream(options: SinkStreamOptions): StreamHandle | undefined;
  closeStream(stream: StreamHandle): void;
}
