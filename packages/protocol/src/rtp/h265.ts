/** NAL unit types (ITU-T H.265 table 7-1; RFC 7798 section 4.4). */
const nalType = { irapFirst: 16, irapLast: 21, vps: 32, sps: 33, aggregation: 48, fragmentation: 49 } as const;

/** Bytes of a NAL unit's header, and of the payload header in its place. */
const headerLength = 2;

/**
 * True when the payload begins a keyframe: it holds a video or sequence parameter set, or the beginning of the first
 * slice segment of an IRAP picture. Looks into single NAL units, aggregation packets and the first fragment of a
 * fragmentation unit, all without decoding order numbers; other packetizations are not negotiated.
 *
 *     NAL unit:             |F|   Type    |  LayerId  | TID | ...
 *     Aggregation packet:   |F|    48     |  LayerId  | TID | size (16) | NAL unit | size (16) | NAL unit ...
 *     Fragmentation unit:   |F|    49     |  LayerId  | TID |S|E|   FuType   | ...
 *
 * Source: RFC 7798 sections 4.4.1 to 4.4.3.
 */
export function isH265KeyframeStart(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length <= headerLength) return false;
  const end = offset + length;
  const type = typeOf(bytes[offset]);
  const at = offset + headerLength;
  if (type === nalType.aggregation) return isKeyInAggregation(bytes, at, end);
  if (type !== nalType.fragmentation) return isKeyNal(bytes, type, at, end);
  const isStart = bytes[at] > 0x7f;
  return isStart && isKeyNal(bytes, bytes[at] & 0x3f, at + 1, end);
}

function typeOf(first: number): number {
  return (first >> 1) & 0x3f;
}

function isKeyInAggregation(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at + 2 + headerLength <= end) {
    const size = (bytes[at] << 8) | bytes[at + 1];
    const next = at + 2 + size;
    if (size < headerLength || next > end) return false;
    if (isKeyNal(bytes, typeOf(bytes[at + 2]), at + 2 + headerLength, next)) return true;
    at = next;
  }
  return false;
}

/** `at` is behind the NAL unit's header. A slice segment begins with first_slice_segment_in_pic_flag (ITU-T H.265 section 7.3.6.1). */
function isKeyNal(bytes: Uint8Array, type: number, at: number, end: number): boolean {
  if (type === nalType.vps || type === nalType.sps) return true;
  return type >= nalType.irapFirst && type <= nalType.irapLast && at < end && bytes[at] > 0x7f;
}
