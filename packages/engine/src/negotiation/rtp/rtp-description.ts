import type { BitsPerSecond } from '@rivero/core';
import {
  type CryptoAttribute,
  type Direction,
  extensionsOf,
  type MediaSection,
  type RtpAddresses,
  type RtpCodec,
} from '@rivero/protocol/sdp';
import { isReceiving, isSending } from '../endpoint/endpoint-direction.ts';
import type { EndpointSent } from '../endpoint/endpoint-section.ts';

export interface RtpSectionOptions {
  readonly direction: Direction;
  readonly protocol: string;
  readonly codecs: readonly RtpCodec[];
  readonly sent: EndpointSent;
  /** What the remote side may send at most; 0: no limit. */
  readonly receiveMax: BitsPerSecond;
  readonly addresses: RtpAddresses;
  readonly rtcpMux: boolean;
  readonly rtcpRsize: boolean;
  readonly crypto: CryptoAttribute | undefined;
}

/** A section of ours that is used. */
export function rtpSection(options: RtpSectionOptions): MediaSection {
  const { direction, sent, receiveMax, crypto } = options;
  const { kind, mid, ssrc, rtxSsrc, cname, extensions } = sent;
  const ssrcs = rtxSsrc === undefined ? [ssrc] : [ssrc, rtxSsrc];
  const ssrcGroups = rtxSsrc === undefined ? [] : [{ semantics: 'FID', ssrcs }];
  return {
    kind,
    mid,
    isRejected: false,
    protocol: options.protocol,
    formats: '',
    direction,
    codecs: options.codecs,
    extensions: extensionsOf(extensions),
    ...(isSending(direction) ? { ssrcs, ssrcGroups, cname } : { ssrcs: [], ssrcGroups: [] }),
    rids: [],
    fingerprints: [],
    candidates: [],
    isEndOfCandidates: false,
    rtcpMux: options.rtcpMux,
    rtcpRsize: options.rtcpRsize,
    ...(receiveMax > 0 && isReceiving(direction) ? { bandwidth: receiveMax } : {}),
    addresses: options.addresses,
    ...(crypto === undefined ? {} : { crypto: [crypto] }),
  };
}
