import { endpointCodecNameOf, type MediaSection, type RtpCodec } from '@rivero/protocol/sdp';
import type { MediaKind } from '../../contract.ts';
import { answerableCodecs } from '../endpoint/endpoint-codecs.ts';

const videoFeedback = ['nack', 'nack pli', 'ccm fir', 'goog-remb'];

function video(payloadType: number, name: string, parameters: RtpCodec['parameters'] = {}): RtpCodec {
  return { payloadType, name, clockRate: 90_000, parameters, feedback: videoFeedback };
}

function telephony(payloadType: number, name: string): RtpCodec {
  return { payloadType, name, clockRate: 8_000, parameters: {}, feedback: [] };
}

/** H.264 without format parameters, as we understand it: what everybody sends and receives. */
const h264Parameters = { 'packetization-mode': '1', 'profile-level-id': '42e01f' };

/** What an RTP endpoint offers: all that we route, without RTX. */
export const offeredRtpCodecs: Readonly<Record<MediaKind, readonly RtpCodec[]>> = {
  audio: [
    { payloadType: 96, name: 'opus', clockRate: 48_000, channels: 2, parameters: {}, feedback: [] },
    telephony(0, 'PCMU'),
    telephony(8, 'PCMA'),
  ],
  video: [
    video(105, 'H265'),
    video(106, 'AV1', { 'level-idx': '5', profile: '0', tier: '0' }),
    video(107, 'VP9', { 'profile-id': '0' }),
    video(108, 'VP8'),
    video(109, 'H264', { 'level-asymmetry-allowed': '1', ...h264Parameters }),
  ],
};

/**
 * The codec as it is matched with those of other endpoints. Telephones and cameras leave out the format parameters of H.264 and send
 * what everybody receives, not the baseline profile in single NAL units that RFC 6184 section 8.1 reads from that. Who names
 * the baseline profile receives constrained baseline, and sends it: nobody uses what baseline has besides.
 */
export function understoodCodec(codec: RtpCodec): RtpCodec {
  if (endpointCodecNameOf(codec) !== 'H264') return codec;
  const parameters = { ...h264Parameters, ...codec.parameters };
  const profile = parameters['profile-level-id'].replace(/^42[0-9a-f]{2}/i, '42e0');
  return { ...codec, parameters: { ...parameters, 'profile-level-id': profile } };
}

/** The codecs of an offered section that we answer, in its order; feedback only in profiles that have it (RFC 4585). */
export function answerableRtpCodecs(section: MediaSection): readonly RtpCodec[] {
  return answerableCodecs(section).map((codec) => describedRtpCodec(codec, section.protocol));
}

/** The codec as our description has it: only feedback that we act on. */
export function describedRtpCodec(codec: RtpCodec, protocol: string): RtpCodec {
  const hasFeedback = protocol.endsWith('F');
  return { ...codec, feedback: hasFeedback ? codec.feedback.filter((value) => videoFeedback.includes(value)) : [] };
}
