/** NAL unit types (ITU-T H.264 table 7-1; RFC 6184 table 1). */
const nalType = { idr: 5, sps: 7, stapA: 24, fuA: 28 } as const;

/**
 * True when the payload begins a keyframe: it holds a sequence parameter set, or the beginning of the first slice of an
 * IDR picture. Looks into single NAL units, STAP-A and the first fragment of FU-A; other packetizations are not
 * negotiated.
 *
 *     NAL unit:  |F|NRI|  Type   | ...
 *     STAP-A:    |F|NRI|   24    | size (16) | NAL unit | size (16) | NAL unit ...
 *     FU-A:      |F|NRI|   28    |S|E|R|  Type   | ...
 *
 * Source: RFC 6184 sections 5.3, 5.6, 5.7.1 and 5.8.
 */
export function isH264KeyframeStart(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length < 2) return false;
  const end = offset + length;
  const type = bytes[offset] & 0x1f;
  if (type === nalType.stapA) return isKeyInStapA(bytes, offset + 1, end);
  if (type !== nalType.fuA) return isKeyNal(bytes, type, offset + 1, end);
  const isStart = bytes[offset + 1] > 0x7f;
  return isStart && isKeyNal(bytes, bytes[offset + 1] & 0x1f, offset + 2, end);
}

function isKeyInStapA(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at + 3 <= end) {
    const size = (bytes[at] << 8) | bytes[at + 1];
    const next = at + 2 + size;
    if (size === 0 || next > end) return false;
    if (isKeyNal(bytes, bytes[at + 2] & 0x1f, at + 3, next)) return true;
    at = next;
  }
  return false;
}

/** `at` is behind the NAL unit's header. A slice begins with first_mb_in_slice, where a one bit means 0 (ITU-T H.264 section 7.3.3). */
function isKeyNal(bytes: Uint8Array, type: number, at: number, end: number): boolean {
  if (type === nalType.sps) return true;
  return type === nalType.idr && at < end && bytes[at] > 0x7f;
}
