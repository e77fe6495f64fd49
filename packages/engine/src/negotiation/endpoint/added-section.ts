import { type ExtensionIds, extensionIdsOf, type MediaSection, type RtpCodec } from '@rivero/protocol/sdp';

/** Dynamic payload types, those of RFC 3551 first (sections 3 and 6; RFC 5761 section 4 forbids 64 to 95). */
const dynamicTypes: readonly number[] = [
  ...Array.from({ length: 32 }, (_, i) => 96 + i),
  ...Array.from({ length: 29 }, (_, i) => 35 + i),
];

/** One-byte elements have ids 1 to 14 (RFC 8285 section 4.2). */
const extensionIds: readonly number[] = Array.from({ length: 14 }, (_, i) => 1 + i);

/**
 * The codecs as a section has them that joins a bundle: a payload type that another section uses means another codec
 * there (RFC 8843 section 9.1), so it gives way. Those that find no free one are left out.
 */
export function joiningCodecs(codecs: readonly RtpCodec[], bundled: readonly MediaSection[]): readonly RtpCodec[] {
  const taken = new Set(bundled.flatMap((section) => section.codecs).flatMap(payloadTypesOf));
  if (!codecs.flatMap(payloadTypesOf).some((type) => taken.has(type))) return codecs;
  for (const type of codecs.flatMap(payloadTypesOf)) if (!dynamicTypes.includes(type)) taken.add(type);
  const free = dynamicTypes.filter((type) => !taken.has(type));
  return codecs.flatMap((codec) => {
    if (!dynamicTypes.includes(codec.payloadType)) return [codec];
    const [payloadType, rtxPayloadType] = free.splice(0, payloadTypesOf(codec).length);
    if (payloadType === undefined) return [];
    const { rtxPayloadType: _, ...plain } = codec;
    return [{ ...plain, payloadType, ...(rtxPayloadType === undefined ? {} : { rtxPayloadType }) }];
  });
}

/** The extensions likewise: an id is one extension's in the whole bundle (RFC 8843 section 9.2). */
export function joiningExtensions(wanted: ExtensionIds, bundled: readonly MediaSection[]): ExtensionIds {
  const used = extensionIdsOf(
    bundled.flatMap(({ extensions }) => extensions),
    true,
  );
  const taken = new Set(Object.values(used));
  const ids = new Map<string, number>();
  for (const [name, id] of Object.entries(wanted)) {
    const known = Object.entries(used).find(([other]) => other === name)?.[1];
    const chosen = known ?? [id, ...extensionIds].find((candidate) => !taken.has(candidate));
    if (chosen === undefined) continue;
    taken.add(chosen);
    ids.set(name, chosen);
  }
  return Object.fromEntries(ids);
}

function payloadTypesOf({ payloadType, rtxPayloadType }: RtpCodec): readonly number[] {
  return rtxPayloadType === undefined ? [payloadType] : [payloadType, rtxPayloadType];
}
