import type { Direction, ExtensionIds, MediaSection, RtpCodec } from '@rivero/protocol/sdp';
import { extensionIdsOf } from '@rivero/protocol/sdp';
import type { AnsweredPair } from './endpoint-codecs.ts';
import { isReceiving, isSending } from './endpoint-direction.ts';
import type { EndpointReceived, EndpointSection, EndpointSent } from './endpoint-section.ts';

/** The supported header extensions of a section; MID only where the section has one. */
export function sectionExtensions({ extensions, mid }: MediaSection, isReceived: boolean): ExtensionIds {
  const { mid: midId, ...others } = extensionIdsOf(extensions, isReceived);
  return mid === '' || midId === undefined ? others : { mid: midId, ...others };
}

/** What both descriptions together say about a section: the remote one, and the direction as seen from our side. */
export function negotiatedSection(options: {
  readonly remote: MediaSection;
  readonly direction: Direction;
  readonly sent: EndpointSent;
  readonly codecs: readonly AnsweredPair[];
}): EndpointSection {
  const { remote, direction, sent, codecs } = options;
  const received = codecs.map(receivedCodec);
  return {
    kind: sent.kind,
    received: isReceiving(direction) ? receivedBy(remote, sent, received) : undefined,
    sent,
    sentCodecs: isSending(direction) ? codecs.map(({ answered }) => answered) : [],
    ...(remote.bandwidth === undefined ? {} : { sendMax: remote.bandwidth }),
  };
}

/** As it comes in: with the payload types that we offered (RFC 3264 section 6.1). */
function receivedCodec({ offered, answered }: AnsweredPair): RtpCodec {
  const { rtxPayloadType: answeredRtx, ...codec } = answered;
  const hasRtx = answeredRtx !== undefined && offered.rtxPayloadType !== undefined;
  const { payloadType } = offered;
  return { ...codec, payloadType, ...(hasRtx ? { rtxPayloadType: offered.rtxPayloadType } : {}) };
}

function receivedBy(remote: MediaSection, { kind, mid }: EndpointSent, codecs: readonly RtpCodec[]): EndpointReceived {
  const isSimulcast = remote.rids.length > 0;
  const layers = remote.ssrcGroups.find(({ semantics }) => semantics === 'SIM')?.ssrcs;
  const repairs = remote.ssrcGroups.filter(({ semantics }) => semantics === 'FID');
  const repair = repairs.find(({ ssrcs }) => layers === undefined || ssrcs[0] === layers[0])?.ssrcs;
  const ssrc = isSimulcast ? undefined : (layers?.[0] ?? repair?.[0] ?? remote.ssrcs[0]);
  const hasRtx = codecs.some(({ rtxPayloadType }) => rtxPayloadType !== undefined);
  const rtxSsrc = isSimulcast || !hasRtx ? undefined : repair?.[1];
  const others = remote.ssrcs.filter((one) => one !== ssrc && one !== rtxSsrc);
  return {
    mid,
    kind,
    codecs,
    extensions: sectionExtensions(remote, true),
    ...(ssrc === undefined ? {} : { ssrc }),
    ...(rtxSsrc === undefined ? {} : { rtxSsrc }),
    ...(layers === undefined || isSimulcast ? {} : { otherSsrcs: others }),
  };
}
