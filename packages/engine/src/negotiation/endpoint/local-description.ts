import type { BitsPerSecond } from '@rivero/core';
import type { IceCandidate } from '@rivero/protocol/ice';
import {
  type Direction,
  type LocalTransport,
  type MediaSection,
  type RtpCodec,
  type SessionDescription,
  type Setup,
  type ExtensionIds,
  extensionsOf,
} from '@rivero/protocol/sdp';
import type { MediaKind } from '../../contract.ts';
import { describedCodec } from './endpoint-codecs.ts';
import { isReceiving, isSending } from './endpoint-direction.ts';
import type { EndpointSent } from './endpoint-section.ts';

/** Our side of the transport, but for its candidates. */
export type EndpointTransport = Omit<LocalTransport, 'candidates'>;

export interface LocalSectionOptions {
  readonly direction: Direction;
  readonly codecs: readonly RtpCodec[];
  readonly extensions: ExtensionIds;
  readonly sent: EndpointSent;
  /** What the remote side may send at most; 0: no limit. */
  readonly receiveMax: BitsPerSecond;
  readonly transport: EndpointTransport;
  readonly setup: Setup;
  readonly rtcpRsize: boolean;
  readonly protocol: string;
}

/** A section of ours that is used. */
export function localSection(options: LocalSectionOptions): MediaSection {
  const { direction, sent, receiveMax, transport } = options;
  const { kind, mid, ssrc, rtxSsrc, cname } = sent;
  const ssrcs = rtxSsrc === undefined ? [ssrc] : [ssrc, rtxSsrc];
  const announced = {
    ssrcs,
    ssrcGroups: rtxSsrc === undefined ? [] : [{ semantics: 'FID', ssrcs }],
    cname,
    msid: { stream: cname, track: `${cname}-${kind}` },
  };
  return {
    kind,
    mid,
    isRejected: false,
    protocol: options.protocol,
    formats: '',
    direction,
    codecs: options.codecs.map((codec) => describedCodec(codec, isReceiving(direction))),
    extensions: extensionsOf(options.extensions),
    ...(isSending(direction) ? announced : { ssrcs: [], ssrcGroups: [] }),
    rids: [],
    ice: transport.ice,
    fingerprints: [transport.fingerprint],
    setup: options.setup,
    candidates: [],
    isEndOfCandidates: false,
    rtcpMux: true,
    rtcpRsize: options.rtcpRsize,
    ...(receiveMax > 0 && isReceiving(direction) ? { bandwidth: receiveMax } : {}),
  };
}

/** The section refused, in an answer or for good. */
export function rejectedSection({ kind, mid, protocol, formats }: MediaSection): MediaSection {
  return {
    kind,
    mid,
    isRejected: true,
    protocol,
    formats,
    direction: 'inactive',
    codecs: [],
    extensions: [],
    ssrcs: [],
    ssrcGroups: [],
    rids: [],
    fingerprints: [],
    candidates: [],
    isEndOfCandidates: false,
    rtcpMux: false,
    rtcpRsize: false,
  };
}

/** A mid like `audio0` that no section has. */
export function freshMid(kind: MediaKind, sections: readonly MediaSection[]): string {
  const mids = new Set(sections.map(({ mid }) => mid));
  for (let i = 0; ; i++) if (!mids.has(`${kind}${i}`)) return `${kind}${i}`;
}

export interface DescriptionOrigin {
  readonly sessionId: string;
  readonly sessionVersion: number;
}

/** Our description of these sections; those that are used are one bundle. */
export function localDescription(
  { sessionId, sessionVersion }: DescriptionOrigin,
  sections: readonly MediaSection[],
  iceLite: boolean,
): SessionDescription {
  const bundle = sections.filter(({ isRejected, mid }) => !isRejected && mid !== '').map(({ mid }) => mid);
  return { sessionId, sessionVersion, iceLite, bundle, sections };
}

/** The same description with all of our candidates in each section that is used. */
export function withCandidates(
  description: SessionDescription,
  candidates: readonly IceCandidate[],
): SessionDescription {
  const sections = description.sections.map((section) =>
    section.isRejected ? section : { ...section, candidates, isEndOfCandidates: true },
  );
  return { ...description, sections };
}
