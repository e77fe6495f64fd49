import { type BitsPerSecond, isIpv6 } from '@rivero/core';
import { serializeCandidate } from '../ice/index.ts';
import { serializeCrypto } from './crypto-attribute.ts';
import type { MediaSection, RtpAddresses, RtpCodec, SessionDescription } from './session-description.ts';

/** The text of a description (RFC 8866); without an address, those that WebRTC does not use are at their defaults. */
export function serializeSessionDescription(description: SessionDescription): string {
  const { sessionId, sessionVersion, bundle, sections, address } = description;
  const lines = [
    'v=0',
    `o=- ${sessionId} ${sessionVersion} ${networkAddress(address ?? '127.0.0.1')}`,
    's=-',
    ...(address === undefined ? [] : [`c=${networkAddress(address)}`]),
    't=0 0',
  ];
  if (description.iceLite) lines.push('a=ice-lite');
  if (address === undefined) lines.push('a=msid-semantic: WMS *');
  if (bundle.length > 0) lines.push(`a=group:BUNDLE ${bundle.join(' ')}`);
  for (const section of sections) writeSection(lines, section, address);
  return `${lines.join('\r\n')}\r\n`;
}

function networkAddress(ip: string): string {
  return `IN IP${isIpv6(ip) ? 6 : 4} ${ip}`;
}

/** `address`: the session's, if it has one. */
function writeSection(lines: string[], section: MediaSection, address: string | undefined): void {
  const { kind, protocol, addresses, isRejected, codecs } = section;
  const port = isRejected ? 0 : (addresses?.rtp.port ?? 9);
  const formats = isRejected || codecs.length === 0 ? section.formats : payloadsOf(codecs);
  lines.push(`m=${kind} ${port} ${protocol} ${formats}`);
  if (address === undefined) lines.push(`c=${networkAddress(addresses?.rtp.ip ?? '0.0.0.0')}`);
  if (isRejected) {
    if (section.mid !== '') lines.push(`a=mid:${section.mid}`);
    lines.push('a=inactive');
    return;
  }
  if (section.bandwidth !== undefined) writeBandwidth(lines, section.bandwidth);
  writeCodecs(lines, section);
  for (const { id, uri } of section.extensions) lines.push(`a=extmap:${id} ${uri}`);
  if (addresses !== undefined)
    for (const attribute of section.crypto ?? []) lines.push(`a=crypto:${serializeCrypto(attribute)}`);
  writeTransport(lines, section);
  writeStreams(lines, section);
}

/** Both, because some know only the one (RFC 3890 section 6.2.2): AS in whole kbit/s, at least one. */
function writeBandwidth(lines: string[], bandwidth: BitsPerSecond): void {
  lines.push(`b=AS:${Math.max(1, Math.round(bandwidth / 1000))}`, `b=TIAS:${Math.round(bandwidth)}`);
}

function payloadsOf(codecs: readonly RtpCodec[]): string {
  return codecs
    .flatMap(({ payloadType, rtxPayloadType }) =>
      rtxPayloadType === undefined ? [payloadType] : [payloadType, rtxPayloadType],
    )
    .join(' ');
}

function writeCodecs(lines: string[], { codecs, addresses, rtcpMux }: MediaSection): void {
  for (const { payloadType, name, clockRate, channels, rtxPayloadType } of codecs) {
    lines.push(`a=rtpmap:${payloadType} ${name}/${clockRate}${channels === undefined ? '' : `/${channels}`}`);
    if (rtxPayloadType !== undefined) lines.push(`a=rtpmap:${rtxPayloadType} rtx/${clockRate}`);
  }
  for (const { payloadType, parameters, rtxPayloadType } of codecs) {
    const config = Object.entries(parameters).map(([key, value]) => (value === '' ? key : `${key}=${value}`));
    if (config.length > 0) lines.push(`a=fmtp:${payloadType} ${config.join(';')}`);
    if (rtxPayloadType !== undefined) lines.push(`a=fmtp:${rtxPayloadType} apt=${payloadType}`);
  }
  if (addresses !== undefined) lines.push(rtcpLine(addresses, rtcpMux));
  for (const { payloadType, feedback } of codecs)
    for (const value of feedback) lines.push(`a=rtcp-fb:${payloadType} ${value}`);
}

function rtcpLine({ rtp, rtcp }: RtpAddresses, isMux: boolean): string {
  if (isMux) return `a=rtcp:${rtp.port}`;
  return rtcp.ip === rtp.ip ? `a=rtcp:${rtcp.port}` : `a=rtcp:${rtcp.port} ${networkAddress(rtcp.ip)}`;
}

function writeTransport(lines: string[], section: MediaSection): void {
  const { setup, mid, msid, ice, fingerprints } = section;
  if (setup !== undefined) lines.push(`a=setup:${setup}`);
  if (mid !== '') lines.push(`a=mid:${mid}`);
  if (msid !== undefined) lines.push(`a=msid:${msid.stream} ${msid.track}`);
  lines.push(`a=${section.direction}`);
  if (ice !== undefined) lines.push(`a=ice-ufrag:${ice.ufrag}`, `a=ice-pwd:${ice.pwd}`);
  if (fingerprints.length > 0) lines.push(`a=fingerprint:${fingerprints[0].algorithm} ${fingerprints[0].value}`);
  for (const candidate of section.candidates) lines.push(`a=${serializeCandidate(candidate)}`);
  if (section.isEndOfCandidates) lines.push('a=end-of-candidates');
}

function writeStreams(lines: string[], { ssrcs, ssrcGroups, cname, rids, rtcpMux, rtcpRsize }: MediaSection): void {
  for (const ssrc of ssrcs) lines.push(`a=ssrc:${ssrc} cname:${cname ?? '-'}`);
  for (const group of ssrcGroups) lines.push(`a=ssrc-group:${group.semantics} ${group.ssrcs.join(' ')}`);
  if (rtcpMux) lines.push('a=rtcp-mux');
  if (rtcpRsize) lines.push('a=rtcp-rsize');
  for (const id of rids) lines.push(`a=rid:${id} send`);
  if (rids.length > 0) lines.push(`a=simulcast:send ${rids.join(';')}`);
}
