import type { LocalTransport, SentTrack } from './create-answer.ts';
import type { Direction, MediaSection, RtpCodec, SessionDescription } from './session-description.ts';
import { extensionsOf } from './supported-extensions.ts';

/** One section of an offer of ours. */
export interface OfferedSection {
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly direction: Direction;
  /** Left out: all that we route. */
  readonly codecs?: readonly RtpCodec[];
  /** Left out where we do not send. */
  readonly sent?: SentTrack;
}

export interface OfferOptions {
  readonly sessionId: string;
  readonly sessionVersion: number;
  readonly local: LocalTransport;
  readonly sections: readonly OfferedSection[];
}

const videoFeedback = ['nack', 'nack pli', 'ccm fir', 'transport-cc'];
const h264 = { 'level-asymmetry-allowed': '1', 'packetization-mode': '1' };

/** The audio codecs that we offer. */
export const offeredAudioCodecs: readonly RtpCodec[] = [
  {
    payloadType: 111,
    name: 'opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { minptime: '10', useinbandfec: '1' },
    feedback: ['transport-cc'],
  },
];

function video(payloadType: number, name: string, parameters: Readonly<Record<string, string>> = {}): RtpCodec {
  return { payloadType, name, clockRate: 90_000, parameters, feedback: videoFeedback, rtxPayloadType: payloadType + 1 };
}

/** The video codecs that we offer, each with RTX. */
export const offeredVideoCodecs: readonly RtpCodec[] = [
  video(96, 'VP8'),
  video(98, 'VP9', { 'profile-id': '0' }),
  video(102, 'H264', { ...h264, 'profile-level-id': '42e01f' }),
  video(104, 'H264', { ...h264, 'profile-level-id': '42001f' }),
  video(45, 'AV1', { 'level-idx': '5', profile: '0', tier: '0' }),
];

const audioExtensions = extensionsOf({ mid: 4, audioLevel: 1, transportSequence: 3 });
const videoExtensions = extensionsOf({ mid: 4, videoOrientation: 13, transportSequence: 3 });

/** An offer of ours: one bundle, rtcp-mux, either DTLS role (RFC 8829 section 5.2.1). */
export function createOffer(options: OfferOptions): SessionDescription {
  const { local } = options;
  return {
    sessionId: options.sessionId,
    sessionVersion: options.sessionVersion,
    iceLite: local.iceLite,
    bundle: options.sections.map(({ mid }) => mid),
    sections: options.sections.map((section) => offerSection(section, local)),
  };
}

function offerSection(section: OfferedSection, local: LocalTransport): MediaSection {
  const { kind, mid, direction, sent } = section;
  const sentSsrcs = sent === undefined ? [] : [sent.ssrc, sent.rtxSsrc].filter((ssrc) => ssrc !== undefined);
  return {
    kind,
    mid,
    isRejected: false,
    protocol: 'UDP/TLS/RTP/SAVPF',
    formats: '',
    direction,
    codecs: section.codecs ?? (kind === 'audio' ? offeredAudioCodecs : offeredVideoCodecs),
    extensions: kind === 'audio' ? audioExtensions : videoExtensions,
    ssrcs: sentSsrcs,
    ssrcGroups: sentSsrcs.length === 2 ? [{ semantics: 'FID', ssrcs: sentSsrcs }] : [],
    ...(sent === undefined ? {} : { cname: sent.cname, msid: sent.msid }),
    rids: [],
    ice: local.ice,
    fingerprints: [local.fingerprint],
    setup: 'actpass',
    candidates: local.candidates,
    isEndOfCandidates: true,
    rtcpMux: true,
    rtcpRsize: true,
  };
}
