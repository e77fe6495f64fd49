import type { SendBatch, SessionHandle, StreamHandle } from '@rivero/core';

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
  /** RTP encoding name: `opus`, `VP8`, `VP9`, `H264`, `AV1`. */
  readonly name: string;
  readonly clockRate: number;
  readonly payloadType: number;
  readonly rtxPayloadType?: number;
}

/** A track that comes in. */
export interface ProducerParameters {
  readonly kind: MediaKind;
  readonly codec: CodecParameters;
  readonly mid: string;
  /** As announced; left out where MID tells. */
  readonly ssrc?: number;
  readonly rtxSsrc?: number;
  readonly extensions: Extensions;
  readonly feedback: Feedback;
}

/** A producer's track as it goes out to one peer. */
export interface ConsumerParameters {
  /** With the receiver's payload types. */
  readonly codec: CodecParameters;
  readonly mid: string;
  readonly ssrc: number;
  /** With it lost packets are repaired by RTX (RFC 4588), without it by sending them again. */
  readonly rtxSsrc?: number;
  readonly cname: string;
  readonly extensions: Extensions;
  readonly feedback: Feedback;
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
