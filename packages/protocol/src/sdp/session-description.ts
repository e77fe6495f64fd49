import type { BitsPerSecond, TransportAddress } from '@rivero/core';
import type { Fingerprint } from '../dtls/index.ts';
import type { IceCandidate, IceCredentials } from '../ice/index.ts';
import type { CryptoAttribute } from './crypto-attribute.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Who opens the DTLS association (RFC 8842 section 5.2). */
export type Setup = 'actpass' | 'active' | 'passive';

/** One payload type of a section, with its RTX. */
export interface RtpCodec {
  readonly payloadType: number;
  /** Encoding name as the offer spells it: `opus`, `VP8`, `H264`. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels?: number;
  /** Format parameters (a=fmtp), keys in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
  /** RTCP feedback (a=rtcp-fb), such as `nack` and `nack pli`. */
  readonly feedback: readonly string[];
  /** The payload type that retransmits this one (RFC 4588 section 8.1). */
  readonly rtxPayloadType?: number;
}

export interface HeaderExtension {
  readonly id: number;
  readonly uri: string;
}

export interface SsrcGroup {
  readonly semantics: string;
  readonly ssrcs: readonly number[];
}

export interface Msid {
  readonly stream: string;
  readonly track: string;
}

/** Where packets of a section go that has no ICE (RFC 8866 sections 5.7 and 5.14). */
export interface RtpAddresses {
  readonly rtp: TransportAddress;
  /** As `a=rtcp` says (RFC 3605), else the next port; where rtcp-mux is used it does not count. */
  readonly rtcp: TransportAddress;
}

/** One `m=` line and what belongs to it; transport attributes of the session are copied in. */
export interface MediaSection {
  /** The media type of the `m=` line: `audio`, `video`, `application` or something we do not know. */
  readonly kind: string;
  /** Empty: it has none. */
  readonly mid: string;
  /** Port zero, and not part of a bundle: refused, or switched off (RFC 8843 section 7.2). */
  readonly isRejected: boolean;
  readonly protocol: string;
  /** The `fmt` part of the `m=` line. */
  readonly formats: string;
  readonly direction: Direction;
  readonly codecs: readonly RtpCodec[];
  readonly extensions: readonly HeaderExtension[];
  readonly ssrcs: readonly number[];
  readonly ssrcGroups: readonly SsrcGroup[];
  readonly cname?: string;
  readonly msid?: Msid;
  /** Restriction identifiers of a simulcast section (RFC 8853). */
  readonly rids: readonly string[];
  readonly ice?: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  readonly setup?: Setup;
  readonly candidates: readonly IceCandidate[];
  readonly isEndOfCandidates: boolean;
  readonly rtcpMux: boolean;
  readonly rtcpRsize: boolean;
  /** What the other side is to send at most: b=TIAS, else b=AS (RFC 8866 section 5.8, RFC 3890). */
  readonly bandwidth?: BitsPerSecond;
  /** Of the profiles without DTLS, where an address is named in numbers. */
  readonly addresses?: RtpAddresses;
  /** Keys in the description, of RTP/SAVP and RTP/SAVPF (RFC 4568). */
  readonly crypto?: readonly CryptoAttribute[];
}

export interface SessionDescription {
  readonly sessionId: string;
  readonly sessionVersion: number;
  readonly iceLite: boolean;
  /** Mids of the bundle group (RFC 8843). */
  readonly bundle: readonly string[];
  readonly sections: readonly MediaSection[];
  /** The IP address of all sections (o= and c=); left out: each is found by ICE. */
  readonly address?: string;
}
