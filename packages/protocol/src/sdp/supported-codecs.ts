import type { RtpCodec } from './session-description.ts';

/** The codecs that Rivero routes, by their RTP encoding names. */
export type CodecName = 'opus' | 'VP8' | 'VP9' | 'H264' | 'AV1';

const names: readonly CodecName[] = ['opus', 'VP8', 'VP9', 'H264', 'AV1'];

/** H.264 profiles that real peers tell apart (RFC 6184 section 8.1, table 5). */
type H264Profile = 'constrained-baseline' | 'baseline' | 'main' | 'constrained-high' | 'high' | 'other';

/** Our name of a codec that we route; `undefined` for all else. */
export function codecNameOf(codec: Pick<RtpCodec, 'name' | 'clockRate' | 'channels'>): CodecName | undefined {
  const name = names.find((candidate) => candidate.toLowerCase() === codec.name.toLowerCase());
  if (name === undefined) return undefined;
  if (name === 'opus') return codec.clockRate === 48_000 && codec.channels === 2 ? name : undefined;
  return codec.clockRate === 90_000 ? name : undefined;
}

/** What packets of the codec mean to a receiver, as a text that is another for other codecs; `undefined`: not routed. */
export function codecIdentity(codec: RtpCodec): string | undefined {
  const name = codecNameOf(codec);
  switch (name) {
    case undefined:
    case 'opus':
    case 'VP8':
      return name;
    case 'VP9':
      return `${name} ${codec.parameters['profile-id'] ?? '0'}`;
    case 'AV1':
      return `${name} ${codec.parameters['profile'] ?? '0'}`;
    case 'H264':
      return `${name} ${packetizationMode(codec)} ${h264Profile(codec)}`;
  }
}

/** True when packets of `sent` mean the same to a receiver that offered `offered`. */
export function isSameCodec(sent: RtpCodec, offered: RtpCodec): boolean {
  const identity = codecIdentity(sent);
  return identity !== undefined && identity === codecIdentity(offered);
}

function packetizationMode(codec: RtpCodec): string {
  return codec.parameters['packetization-mode'] ?? '0';
}

/** Reads profile-level-id; without one the RFC says baseline, level 1 (RFC 6184 section 8.1). */
function h264Profile(codec: RtpCodec): H264Profile {
  const text = codec.parameters['profile-level-id'] ?? '42000a';
  const value = /^[0-9a-f]{6}$/i.test(text) ? Number.parseInt(text, 16) : 0;
  const constraints = (value >> 8) & 0xff;
  switch (value >> 16) {
    case 0x42:
      return (constraints & 0x40) === 0 ? 'baseline' : 'constrained-baseline';
    case 0x4d:
      return (constraints & 0x80) === 0 ? 'main' : 'constrained-baseline';
    case 0x64:
      return (constraints & 0x0c) === 0x0c ? 'constrained-high' : 'high';
    default:
      return 'other';
  }
}

/** RTCP feedback that we act on in both directions. */
const feedbackBoth: ReadonlySet<string> = new Set(['nack', 'nack pli', 'ccm fir']);

/** The offered codec as we answer it: only feedback that we act on; transport-cc only where we receive. */
export function answeredCodec(offered: RtpCodec, isReceived: boolean): RtpCodec {
  const feedback = offered.feedback.filter(
    (value) => feedbackBoth.has(value) || (isReceived && value === 'transport-cc'),
  );
  return { ...offered, feedback };
}
