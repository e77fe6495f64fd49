import { type BitsPerSecond, isIpv6 } from '@rivero/core';
import sdpTransform from 'sdp-transform';
import type { IceCandidate } from '../ice/index.ts';
import { type CryptoAttribute, serializeCrypto } from './crypto-attribute.ts';
import type { MediaSection, RtpCodec, SessionDescription } from './session-description.ts';

/** The text of a description (RFC 8866); without an address, those that WebRTC does not use are at their defaults. */
export function serializeSessionDescription(description: SessionDescription): string {
  const { bundle, sections, address } = description;
  return sdpTransform.write({
    version: 0,
    origin: {
      username: '-',
      sessionId: description.sessionId,
      sessionVersion: description.sessionVersion,
      netType: 'IN',
      ...originAddress(address ?? '127.0.0.1'),
    },
    name: '-',
    ...(address === undefined ? {} : { connection: connectionOf(address) }),
    timing: { start: 0, stop: 0 },
    ...(description.iceLite ? { icelite: 'ice-lite' } : {}),
    ...(bundle.length > 0 ? { groups: [{ type: 'BUNDLE', mids: bundle.join(' ') }] } : {}),
    ...(address === undefined ? { msidSemantic: { semantic: 'WMS', token: '*' } } : {}),
    media: sections.map((section) => mediaOf(section, address)),
  });
}

function versionOf(ip: string): 4 | 6 {
  return isIpv6(ip) ? 6 : 4;
}

function originAddress(address: string): object {
  return { ipVer: versionOf(address), address };
}

function connectionOf(ip: string): object {
  return { version: versionOf(ip), ip };
}

function mediaOf(section: MediaSection, address: string | undefined): object {
  const { addresses, mid } = section;
  const head = {
    type: section.kind,
    port: section.isRejected ? 0 : (addresses?.rtp.port ?? 9),
    protocol: section.protocol,
    payloads: section.isRejected || section.codecs.length === 0 ? section.formats : payloadsOf(section.codecs),
    ...(address === undefined ? { connection: connectionOf(addresses?.rtp.ip ?? '0.0.0.0') } : {}),
    ...(mid === '' ? {} : { mid }),
  };
  if (section.isRejected) return { ...head, direction: 'inactive', rtp: [], fmtp: [] };
  const { ice, setup, msid, fingerprints, cname } = section;
  return {
    ...head,
    direction: section.direction,
    ...addressedOf(section),
    ...(section.bandwidth === undefined ? {} : { bandwidth: bandwidthOf(section.bandwidth) }),
    ...(ice === undefined ? {} : { iceUfrag: ice.ufrag, icePwd: ice.pwd }),
    ...(fingerprints.length === 0
      ? {}
      : { fingerprint: { type: fingerprints[0].algorithm, hash: fingerprints[0].value } }),
    ...(setup === undefined ? {} : { setup }),
    ...(section.candidates.length === 0 ? {} : { candidates: section.candidates.map(candidateOf) }),
    ...(section.isEndOfCandidates ? { endOfCandidates: 'end-of-candidates' } : {}),
    ...(section.rtcpMux ? { rtcpMux: 'rtcp-mux' } : {}),
    ...(section.rtcpRsize ? { rtcpRsize: 'rtcp-rsize' } : {}),
    ext: section.extensions.map(({ id, uri }) => ({ value: id, uri })),
    rtp: section.codecs.flatMap(rtpOf),
    fmtp: section.codecs.flatMap(fmtpOf),
    rtcpFb: section.codecs.flatMap(feedbackOf),
    ...(msid === undefined ? {} : { msid: [{ id: msid.stream, appdata: msid.track }] }),
    ...(section.rids.length === 0
      ? {}
      : {
          rids: section.rids.map((id) => ({ id, direction: 'send' })),
          simulcast: { dir1: 'send', list1: section.rids.join(';') },
        }),
    ssrcGroups: section.ssrcGroups.map(({ semantics, ssrcs }) => ({ semantics, ssrcs: ssrcs.join(' ') })),
    ssrcs: section.ssrcs.map((id) => ({ id, attribute: 'cname', value: cname ?? '-' })),
  };
}

function addressedOf({ addresses, crypto = [], rtcpMux }: MediaSection): object {
  if (addresses === undefined) return {};
  const { rtp, rtcp } = addresses;
  const other = rtcp.ip === rtp.ip || rtcpMux ? {} : { netType: 'IN', ...originAddress(rtcp.ip) };
  return {
    rtcp: { port: rtcpMux ? rtp.port : rtcp.port, ...other },
    ...(crypto.length === 0 ? {} : { crypto: crypto.map(cryptoOf) }),
  };
}

/** The text layer puts the parts together again. */
function cryptoOf(attribute: CryptoAttribute): object {
  const [id, suite, ...config] = serializeCrypto(attribute).split(' ');
  return { id, suite, config: config.join(' ') };
}

/** Both, because some know only the one (RFC 3890 section 6.2.2): AS in whole kbit/s, at least one. */
function bandwidthOf(bandwidth: BitsPerSecond): readonly object[] {
  return [
    { type: 'AS', limit: Math.max(1, Math.round(bandwidth / 1000)) },
    { type: 'TIAS', limit: Math.round(bandwidth) },
  ];
}

function payloadsOf(codecs: readonly RtpCodec[]): string {
  return codecs
    .flatMap(({ payloadType, rtxPayloadType }) =>
      rtxPayloadType === undefined ? [payloadType] : [payloadType, rtxPayloadType],
    )
    .join(' ');
}

function rtpOf(codec: RtpCodec): readonly object[] {
  const { payloadType: payload, name, clockRate: rate, channels, rtxPayloadType } = codec;
  const own = { payload, codec: name, rate, ...(channels === undefined ? {} : { encoding: channels }) };
  return rtxPayloadType === undefined ? [own] : [own, { payload: rtxPayloadType, codec: 'rtx', rate }];
}

function fmtpOf(codec: RtpCodec): readonly object[] {
  const config = Object.entries(codec.parameters)
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(';');
  const own = config === '' ? [] : [{ payload: codec.payloadType, config }];
  return codec.rtxPayloadType === undefined
    ? own
    : [...own, { payload: codec.rtxPayloadType, config: `apt=${codec.payloadType}` }];
}

function feedbackOf(codec: RtpCodec): readonly object[] {
  return codec.feedback.map((value) => {
    const [type, subtype] = value.split(' ');
    return { payload: codec.payloadType, type, ...(subtype === undefined ? {} : { subtype }) };
  });
}

function candidateOf(candidate: IceCandidate): object {
  const { foundation, component, protocol, priority, address, port, type, related, tcpType } = candidate;
  const base = { foundation, component, transport: protocol, priority, ip: address, port, type };
  return {
    ...base,
    ...(related === undefined ? {} : { raddr: related.ip, rport: related.port }),
    ...(tcpType === undefined ? {} : { tcptype: tcpType }),
  };
}
