import type { BitsPerSecond } from '@rivero/core';
import type { ExtensionIds, RtpCodec } from '@rivero/protocol/sdp';
import type { MediaKind } from '../../contract.ts';

/** What comes in by an endpoint's section. */
export interface EndpointReceived {
  /** Empty: the section has none. */
  readonly mid: string;
  readonly kind: MediaKind;
  /** All that the remote side may send, at least one, with the payload types it does so; first what it prefers. */
  readonly codecs: readonly RtpCodec[];
  readonly extensions: ExtensionIds;
  /** As announced; missing where MID or the payload type tells. */
  readonly ssrc?: number;
  readonly rtxSsrc?: number;
  /** Of other layers that come too, as some clients announce them in their own way (`a=ssrc-group:SIM`). */
  readonly otherSsrcs?: readonly number[];
}

/** What goes out by an endpoint's section, whatever its source is. */
export interface EndpointSent {
  /** Empty: the section has none. */
  readonly mid: string;
  readonly kind: MediaKind;
  readonly extensions: ExtensionIds;
  readonly ssrc: number;
  /** Left out where no codec has RTX. */
  readonly rtxSsrc?: number;
  readonly cname: string;
}

/** The one section of a kind that an endpoint uses, as the negotiation fixed it. */
export interface EndpointSection {
  readonly kind: MediaKind;
  readonly received: EndpointReceived | undefined;
  /** Its place for what is sent stays when nothing may be sent for now: an SRTP index is never used twice. */
  readonly sent: EndpointSent;
  /** What may be sent, with the payload types of the remote side; none: nothing. */
  readonly sentCodecs: readonly RtpCodec[];
  /** What the remote side wants to receive at most; left out: it does not say. */
  readonly sendMax?: BitsPerSecond;
}
