import { CodedError } from '@rivero/core';
import type { Fingerprint } from '../dtls/index.ts';
import type { IceCandidate, IceCredentials } from '../ice/index.ts';
import { readSectionTransport } from './section-transport.ts';
import type { MediaSection, Msid, RtpCodec, SessionDescription } from './session-description.ts';
import { answeredCodec, codecNameOf } from './supported-codecs.ts';
import { extensionIdsOf, extensionsOf } from './supported-extensions.ts';

/** What our side of the transport says about itself. */
export interface LocalTransport {
  readonly ice: IceCredentials;
  readonly iceLite: boolean;
  readonly fingerprint: Fingerprint;
  readonly candidates: readonly IceCandidate[];
}

/** What we send in a section. */
export interface SentTrack {
  readonly msid: Msid;
  readonly cname: string;
  readonly ssrc: number;
  readonly rtxSsrc?: number;
}

/** How one section of the offer is answered. `codec` is the offer's, with the offer's payload types. */
export type SectionAnswer =
  | { readonly type: 'reject' }
  | { readonly type: 'inactive' }
  | { readonly type: 'receive'; readonly codec: RtpCodec }
  | { readonly type: 'send'; readonly codec: RtpCodec; readonly sent: SentTrack };

export interface AnswerOptions {
  readonly sessionId: string;
  readonly sessionVersion: number;
  readonly local: LocalTransport;
  /** One for each section of the offer, in its order. */
  readonly sections: readonly SectionAnswer[];
}

/** What an offer says about the peer's side of the bundle's one transport. */
export interface RemoteTransport {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  /** Our DTLS role. */
  readonly dtlsRole: 'client' | 'server';
}

/** True for sections that can carry media with us; others are rejected in the answer. */
export function isAnswerable(section: MediaSection): boolean {
  const isMedia = section.kind === 'audio' || section.kind === 'video';
  const isSecure = section.protocol === 'UDP/TLS/RTP/SAVPF' || section.protocol === 'TCP/TLS/RTP/SAVPF';
  return isMedia && isSecure && !section.isRejected && section.codecs.some((codec) => codecNameOf(codec) !== undefined);
}

/** The transport of an offer's bundle; an offer that cannot be answered is refused with the reason. */
export function readRemoteTransport(offer: SessionDescription): RemoteTransport {
  const used = offer.sections.filter((section) => !section.isRejected);
  // The section that the group names first speaks for all (RFC 8843 section 7.2).
  const tagged = used.find(({ mid }) => mid === offer.bundle[0]) ?? used[0];
  if (tagged === undefined)
    throw new CodedError('sdp-no-sections', 'The offer has no section to answer; add a track or a transceiver.');
  if (used.some(({ mid }) => !offer.bundle.includes(mid))) {
    throw new CodedError('sdp-no-bundle', 'All sections must be in one BUNDLE group; use bundlePolicy "max-bundle".');
  }
  if (used.some(({ kind, rtcpMux }) => !rtcpMux && kind !== 'application')) {
    throw new CodedError('sdp-no-rtcp-mux', 'Every section must offer rtcp-mux; use rtcpMuxPolicy "require".');
  }
  if (offer.iceLite) throw new CodedError('sdp-ice-lite', 'The offerer must be a full ICE agent: we are lite.');
  const { ice, fingerprints } = readSectionTransport(tagged);
  return { ice, fingerprints, dtlsRole: tagged.setup === 'passive' ? 'client' : 'server' };
}

/** Our answer, section by section in the offer's order (RFC 3264, RFC 8843, RFC 8829). */
export function createAnswer(offer: SessionDescription, options: AnswerOptions): SessionDescription {
  const { local } = options;
  const { dtlsRole } = readRemoteTransport(offer);
  const sections = offer.sections.map((section, i) =>
    answerSection(section, options.sections[i] ?? { type: 'reject' }),
  );
  return {
    sessionId: options.sessionId,
    sessionVersion: options.sessionVersion,
    iceLite: local.iceLite,
    bundle: sections.filter(({ isRejected }) => !isRejected).map(({ mid }) => mid),
    sections: sections.map((section) =>
      section.isRejected
        ? section
        : {
            ...section,
            ice: local.ice,
            fingerprints: [local.fingerprint],
            setup: dtlsRole === 'client' ? 'active' : 'passive',
            candidates: local.candidates,
            isEndOfCandidates: true,
          },
    ),
  };
}

function answerSection(section: MediaSection, answer: SectionAnswer): MediaSection {
  const isReceived = answer.type === 'receive';
  const base: MediaSection = {
    kind: section.kind,
    mid: section.mid,
    isRejected: answer.type === 'reject',
    protocol: section.protocol,
    formats: section.formats,
    direction: 'inactive',
    codecs: [],
    extensions: extensionsOf(extensionIdsOf(section.extensions, isReceived)),
    ssrcs: [],
    ssrcGroups: [],
    rids: [],
    fingerprints: [],
    candidates: [],
    isEndOfCandidates: false,
    rtcpMux: true,
    rtcpRsize: section.rtcpRsize,
  };
  switch (answer.type) {
    case 'reject':
      return base;
    case 'inactive': {
      const codec = section.codecs.find((offered) => codecNameOf(offered) !== undefined);
      return { ...base, codecs: codec === undefined ? [] : [answeredCodec(codec, false)] };
    }
    case 'receive':
      return { ...base, direction: 'recvonly', codecs: [answeredCodec(answer.codec, true)] };
    case 'send': {
      const { msid, cname, ssrc, rtxSsrc } = answer.sent;
      return {
        ...base,
        direction: 'sendonly',
        codecs: [answeredCodec(answer.codec, false)],
        msid,
        cname,
        ssrcs: rtxSsrc === undefined ? [ssrc] : [ssrc, rtxSsrc],
        ssrcGroups: rtxSsrc === undefined ? [] : [{ semantics: 'FID', ssrcs: [ssrc, rtxSsrc] }],
      };
    }
  }
}
