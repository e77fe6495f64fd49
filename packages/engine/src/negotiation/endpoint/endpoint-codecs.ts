import {
  endpointCodecIdentity,
  endpointCodecNameOf,
  isSameCodec,
  type MediaSection,
  offeredAudioCodecs,
  offeredVideoCodecs,
  type RtpCodec,
} from '@rivero/protocol/sdp';
import type { MediaKind } from '../../contract.ts';
import { commonH264 } from '../received-codec.ts';

const telephony: readonly RtpCodec[] = [
  { payloadType: 0, name: 'PCMU', clockRate: 8_000, parameters: {}, feedback: [] },
  { payloadType: 8, name: 'PCMA', clockRate: 8_000, parameters: {}, feedback: [] },
];

const h265: RtpCodec = {
  payloadType: 49,
  name: 'H265',
  clockRate: 90_000,
  parameters: {},
  feedback: ['nack', 'nack pli', 'ccm fir', 'transport-cc'],
  rtxPayloadType: 50,
};

/** What an endpoint offers of each kind: all that we route. */
export const offeredCodecs: Readonly<Record<MediaKind, readonly RtpCodec[]>> = {
  audio: [...offeredAudioCodecs, ...telephony],
  video: [...offeredVideoCodecs, h265].map((codec) => ({ ...codec, feedback: [...codec.feedback, 'goog-remb'] })),
};

/**
 * All codecs of an offered section that we route, in its order. Only of H.264 the profile that the others can receive
 * comes first where another one would: we do not transcode, and Safari prefers another.
 */
export function answerableCodecs(section: MediaSection): readonly RtpCodec[] {
  const codecs = section.codecs.filter((codec) => endpointCodecNameOf(codec) !== undefined);
  const [preferred] = codecs;
  if (preferred === undefined || endpointCodecNameOf(preferred) !== 'H264') return codecs;
  const common = codecs.find((codec) => isSameCodec(commonH264, codec)) ?? preferred;
  return [common, ...codecs.filter((codec) => codec !== common)];
}

/** A codec that we offered, and what the answer calls it. */
export interface AnsweredPair {
  readonly offered: RtpCodec;
  readonly answered: RtpCodec;
}

/** The codecs of an answered section that we offered, in the answer's order. */
export function answeredCodecs(offered: readonly RtpCodec[], answer: MediaSection): readonly AnsweredPair[] {
  const byIdentity = Map.groupBy(offered, endpointCodecIdentity);
  return answer.codecs.flatMap((answered) => {
    const identity = endpointCodecIdentity(answered);
    const same = identity === undefined ? [] : (byIdentity.get(identity) ?? []);
    const found = same.find(({ payloadType }) => payloadType === answered.payloadType) ?? same.at(0);
    return found === undefined ? [] : [{ offered: found, answered }];
  });
}

/** The one of the codecs in which `sent` can go out as it is; `undefined`: none. */
export function matchingCodec(codecs: readonly RtpCodec[], sent: RtpCodec): RtpCodec | undefined {
  const identity = endpointCodecIdentity(sent);
  return identity === undefined ? undefined : codecs.find((codec) => endpointCodecIdentity(codec) === identity);
}

/** RTCP feedback that we act on, in both directions. */
const feedbackBoth: ReadonlySet<string> = new Set(['nack', 'nack pli', 'ccm fir', 'goog-remb']);

/** The codec as our description has it: only feedback that we act on, transport-cc only where we receive. */
export function describedCodec(codec: RtpCodec, isReceived: boolean): RtpCodec {
  const feedback = codec.feedback.filter(
    (value) => feedbackBoth.has(value) || (isReceived && value === 'transport-cc'),
  );
  return { ...codec, feedback };
}
