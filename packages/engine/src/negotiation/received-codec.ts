import { codecNameOf, isSameCodec, type MediaSection, type RtpCodec } from '@rivero/protocol/sdp';

/** The H.264 that every browser with H.264 receives (RFC 7742 sections 5 and 6.2). */
export const commonH264: RtpCodec = {
  payloadType: 0,
  name: 'H264',
  clockRate: 90_000,
  parameters: { 'packetization-mode': '1', 'profile-level-id': '42e01f' },
  feedback: [],
};

/**
 * The codec in which we receive a section: the one that the peer prefers of those that we route. We do not transcode,
 * so of H.264 we take the profile that the others can receive, where the peer has it: Safari prefers another.
 */
export function receivedCodec(section: MediaSection): RtpCodec | undefined {
  const preferred = section.codecs.find((codec) => codecNameOf(codec) !== undefined);
  if (preferred === undefined || codecNameOf(preferred) !== 'H264') return preferred;
  return section.codecs.find((codec) => isSameCodec(commonH264, codec)) ?? preferred;
}
