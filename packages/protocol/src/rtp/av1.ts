/** OBU_SEQUENCE_HEADER (AV1 bitstream specification section 6.2.2). */
const sequenceHeaderObu = 1;

/** LEB128 sizes that fit a packet have 2 bytes; more than this many are refused. */
const leb128BytesMax = 4;

/**
 * True when the payload begins a coded video sequence, which a keyframe does: N says so, or an OBU that begins in the
 * packet is a sequence header.
 *
 *     aggregation header:  |Z|Y| W |N|-|-|-|
 *     OBU elements:        each behind its size in LEB128; with W > 0 there are W and the last has no size
 *     OBU header:          |0| type (4) |X|S|-|
 *
 * Source: RTP Payload Format For AV1 (v1.0) sections 4.3 and 4.4.
 */
export function isAv1KeyframeStart(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length < 2) return false;
  const header = bytes[offset];
  const isContinuation = header > 0x7f;
  const isNewSequence = (header & 0x08) !== 0;
  if (isContinuation) return false;
  return isNewSequence || hasSequenceHeader(bytes, offset, offset + length);
}

function hasSequenceHeader(bytes: Uint8Array, offset: number, end: number): boolean {
  const count = (bytes[offset] >> 4) & 0x03;
  let at = offset + 1;
  for (let element = 1; at < end; element++) {
    let size = 0;
    if (count === 0 || element < count) {
      let shift = 0;
      for (;;) {
        if (at >= end || shift >= 7 * leb128BytesMax) return false;
        const byte = bytes[at++];
        size |= (byte & 0x7f) << shift;
        shift += 7;
        if (byte < 0x80) break;
      }
    } else {
      size = end - at;
    }
    if (at + size > end) return false;
    if (size > 0 && ((bytes[at] >> 3) & 0x0f) === sequenceHeaderObu) return true;
    at += size;
  }
  return false;
}
