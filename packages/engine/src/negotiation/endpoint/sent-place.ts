import { type RandomBytes, randomUint32 } from '@rivero/core';
import type { ExtensionIds, RtpCodec } from '@rivero/protocol/sdp';
import type { MediaKind } from '../../contract.ts';
import { isSame } from '../is-same.ts';
import type { EndpointSent } from './endpoint-section.ts';

/** What a place for sent media is made of, but for its SSRCs. */
export interface PlaceOptions {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly extensions: ExtensionIds;
  readonly codecs: readonly RtpCodec[];
  readonly cname: string;
}

/**
 * The place `before` if nothing but codecs changed, which a source brings along; otherwise one with fresh SSRCs: a stream
 * that begins anew may not use an index of SRTP twice (RFC 3711 section 9.1).
 */
export function sentPlace(options: PlaceOptions, before: EndpointSent | undefined, random: RandomBytes): EndpointSent {
  const { kind, mid, extensions, codecs, cname } = options;
  const fixed = { kind, mid, extensions, cname };
  const hasRtx = codecs.some(({ rtxPayloadType }) => rtxPayloadType !== undefined);
  const isKept = before !== undefined && (before.rtxSsrc !== undefined) === hasRtx;
  if (isKept && isSame({ ...before, ...fixed }, before)) return before;
  const ssrc = randomUint32(random) || 1;
  return { ...fixed, ssrc, ...(hasRtx ? { rtxSsrc: randomUint32(random) || 1 } : {}) };
}

/** An offered place that nothing was sent by yet, with what the answer left of it. */
export function answeredPlace(
  { rtxSsrc, ...offered }: EndpointSent,
  answer: { readonly extensions: ExtensionIds; readonly codecs: readonly RtpCodec[] },
): EndpointSent {
  const hasRtx = rtxSsrc !== undefined && answer.codecs.some(({ rtxPayloadType }) => rtxPayloadType !== undefined);
  return { ...offered, extensions: answer.extensions, ...(hasRtx ? { rtxSsrc } : {}) };
}
