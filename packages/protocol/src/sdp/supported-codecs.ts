import type { RtpCodec } from './session-description.ts';

/** The codecs that Rivero routes between its own clients, by their RTP encoding names. */
export type CodecName = 'opus' | 'VP8' | 'VP9' | 'H264' | 'AV1';

/** The codecs that it routes between endpoints, whose remote sides may be telephones, cameras and media servers. */
export type EndpointCodecName = CodecName | 'PCMU' | 'PCMA' | 'H265';

const endpointNames: readonly EndpointCodecName[] = ['opus', 'PCMU', 'PCMA', 'VP8', 'VP9', 'H264', 'H265', 'AV1'];

/** H.264 profiles that real peers tell apart (RFC 6184 section 8.1, table 5). */
type H264Profile = 'constrained-baseline' | 'baseline' | 'main' | 'constrained-high' | 'high' | 'other';

/** Our name of a codec that we route between endpoints; `undefined` for all else. */
export function endpointCodecNameOf(
  codec: Pick<RtpCodec, 'name' | 'clockRate' | 'channels'>,
): EndpointCodecName | undefined {
  const name = endpointNames.find((candidate) => candidate.toLowerCase() === codec.name.toLowerCase());
  switch (name) {
    case undefined:
      return undefined;
    case 'opus':
      return codec.clockRate === 48_000 && codec.channels === 2 ? name : undefined;
    case 'PCMU':
    case 'PCMA':
      return codec.clockRate === 8_000 && (codec.channels ?? 1) === 1 ? name : undefined;
    case 'VP8':
    case 'VP9':
    case 'H264':
    case 'H265':
    case 'AV1':
      return codec.clockRate === 90_000 ? name : undefined;
  }
}

/** Our name of a codec that we route between our own clients; `undefined` for all else. */
export function codecNameOf(codec: Pick<RtpCodec, 'name' | 'clockRate' | 'channels'>): CodecName | undefined {
  const name = endpointCodecNameOf(codec);
  return name === 'PCMU' || name === 'PCMA' || name === 'H265' ? undefined : name;
}

/** What packets of the codec mean to an endpoint, as a text that is another for other codecs; `undefined`: not routed. */
export function endpointCodecIdentity(codec: RtpCodec): string | undefined {
  const name = endpointCodecNameOf(codec);
  const { parameters } = codec;
  switch (name) {
    case undefined:
    case 'opus':
    case 'PCMU':
    case 'PCMA':
    case 'VP8':
      return name;
    case 'VP9':
      return `${name} ${parameters['profile-id'] ?? '0'}`;
    case 'AV1':
      return `${name} ${parameters['profile'] ?? '0'}`;
    case 'H264':
      return `${name} ${packetizationMode(codec)} ${h264Profile(codec)}`;
    case 'H265':
      return `${name} ${h265Profile(codec)}`;
  }
}

/** What packets of the codec mean to a client of ours, as {@link endpointCodecIdentity}; `undefined`: not routed. */
export function codecIdentity(codec: RtpCodec): string | undefined {
  return codecNameOf(codec) === undefined ? undefined : endpointCodecIdentity(codec);
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

/** Profile, tier and transmission, each with its default (RFC 7798 section 7.1). */
function h265Profile({ parameters }: RtpCodec): string {
  const { 'profile-space': space = '0', 'profile-id': profile = '1', 'tier-flag': tier = '0' } = parameters;
  return `${space} ${profile} ${tier} ${(parameters['tx-mode'] ?? 'SRST').toUpperCase()}`;
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
