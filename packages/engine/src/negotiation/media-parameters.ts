import type { CodecName, ExtensionIds, RtpCodec } from '@rivero/protocol/sdp';
import type { MediaKind } from '../contract.ts';

/** A track that the peer sends, as the negotiation fixed it: what the router needs to receive it. */
export interface ReceivedParameters {
  readonly trackId: string;
  readonly mid: string;
  readonly kind: MediaKind;
  readonly codecName: CodecName;
  readonly codec: RtpCodec;
  readonly extensions: ExtensionIds;
  /** As announced; missing where the peer lets MID tell (simulcast sections). */
  readonly ssrc?: number;
  readonly rtxSsrc?: number;
}

/** A track that a peer wants to receive. */
export interface WantedTrack {
  readonly trackId: string;
  readonly kind: MediaKind;
  /** As its publisher sends it. */
  readonly codec: RtpCodec;
  /** Media stream of the track in the browser: one for each publishing peer. */
  readonly streamId: string;
  /** Ties the publisher's tracks together for lip sync (RFC 3550 section 6.5.1). */
  readonly cname: string;
}

/** A track that we send to the peer, as the negotiation fixed it. */
export interface SentParameters {
  readonly trackId: string;
  readonly mid: string;
  readonly kind: MediaKind;
  readonly codecName: CodecName;
  /** With the receiver's payload types. */
  readonly codec: RtpCodec;
  readonly extensions: ExtensionIds;
  readonly ssrc: number;
  readonly rtxSsrc?: number;
  readonly cname: string;
}
