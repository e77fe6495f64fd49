/** NAL unit types (ITU-T H.264 table 7-1; RFC 6184 table 1). */
const nalType = { idr: 5, sps: 7, stapA: 24, fuA: 28 } as const;

/**
 * True when the payload begins a keyframe: it holds a sequence parameter set, or the beginning of an IDR slice. Looks
 * into single NAL units, STAP-A and the first fragment of FU-A; other packetizations are not negotiated.
 *
 *     NAL unit:  |F|NRI|  Type   | ...
 *     STAP-A:    |F|NRI|   24    | size (16) | NAL unit | size (16) | NAL unit ...
 *     FU-A:      |F|NRI|   28    |S|E|R|  Type   | ...
 *
 * Source: RFC 6184 sections 5.3, 5.6, 5.7.1 and 5.8.
 */
export function isH264KeyframeStart(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length < 1) return false;
  const type = bytes[offset] & 0x1f;
  if (type === nalType.stapA) return isKeyInStapA(bytes, offset + 1, offset + length);
  if (type === nalType.fuA) {
    if (length < 2) return false;
    const isStart = bytes[offset + 1] > 0x7f;
    return isStart && isKeyNal(bytes[offset + 1] & 0x1f);
  }
  return isKeyNal(type);
}

function isKeyInStapA(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at + 3 <= end) {
    const size = (bytes[at] << 8) | bytes[at + 1];
    if (size === 0 || at + 2 + size > end) return false;
    if (isKeyNal(bytes[at + 2] & 0x1f)) return true;
    at += 2 + size;
  }
  return false;
}

function isKeyNal(type: number): boolean {
  return type === nalType.sps || type === nalType.idr;
}
