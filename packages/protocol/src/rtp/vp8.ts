/** What a VP8 payload descriptor says, in an object that is filled again for every packet; -1 for what is absent. */
export interface Vp8Descriptor {
  /** S: the packet begins a partition. */
  isPartitionStart: boolean;
  /** PID: the partition it begins or goes on with. */
  partition: number;
  /** N: no other frame refers to this one. */
  isNonReference: boolean;
  /** 7 or 15 bits; `pictureIdBits` says how many. */
  pictureId: number;
  pictureIdBits: 0 | 7 | 15;
  tl0PictureIndex: number;
  temporalLayer: number;
  /** Y: the frame depends on the base layer only. */
  isLayerSync: boolean;
  keyIndex: number;
  /** Where the VP8 data begins, absolute. */
  dataOffset: number;
}

/** A Vp8Descriptor to be filled by {@link parseVp8Descriptor}. */
export function emptyVp8Descriptor(): Vp8Descriptor {
  return {
    isPartitionStart: false,
    partition: 0,
    isNonReference: false,
    pictureId: -1,
    pictureIdBits: 0,
    tl0PictureIndex: -1,
    temporalLayer: -1,
    isLayerSync: false,
    keyIndex: -1,
    dataOffset: 0,
  };
}

/**
 * Fills `into` from the RTP payload; false when it is too short for its descriptor and a byte of data.
 *
 *          0 1 2 3 4 5 6 7
 *         |X|R|N|S|R| PID |
 *     X:  |I|L|T|K| RSV   |
 *     I:  |M| PictureID   |  M: a second byte of it
 *     L:  |   TL0PICIDX   |
 *     T/K:|TID|Y| KEYIDX  |
 *
 * Source: RFC 7741 section 4.2.
 */
export function parseVp8Descriptor(bytes: Uint8Array, offset: number, length: number, into: Vp8Descriptor): boolean {
  const end = offset + length;
  if (length < 1) return false;
  const first = bytes[offset];
  let at = offset + 1;
  let extension = 0;
  if ((first & 0x80) !== 0) {
    if (at >= end) return false;
    extension = bytes[at++];
  }
  into.isPartitionStart = (first & 0x10) !== 0;
  into.partition = first & 0x07;
  into.isNonReference = (first & 0x20) !== 0;

  into.pictureId = -1;
  into.pictureIdBits = 0;
  if ((extension & 0x80) !== 0) {
    if (at >= end) return false;
    into.pictureId = bytes[at] & 0x7f;
    into.pictureIdBits = 7;
    if (bytes[at++] > 0x7f) {
      if (at >= end) return false;
      into.pictureId = (into.pictureId << 8) | bytes[at++];
      into.pictureIdBits = 15;
    }
  }
  into.tl0PictureIndex = -1;
  if ((extension & 0x40) !== 0) {
    if (at >= end) return false;
    into.tl0PictureIndex = bytes[at++];
  }
  into.temporalLayer = -1;
  into.isLayerSync = false;
  into.keyIndex = -1;
  if ((extension & 0x30) !== 0) {
    if (at >= end) return false;
    const layers = bytes[at++];
    if ((extension & 0x20) !== 0) {
      into.temporalLayer = layers >> 6;
      into.isLayerSync = (layers & 0x20) !== 0;
    }
    if ((extension & 0x10) !== 0) into.keyIndex = layers & 0x1f;
  }
  into.dataOffset = at;
  return at < end;
}

const descriptor = emptyVp8Descriptor();

/** True when the payload begins a frame: the first packet of its first partition (RFC 7741 section 4.4). */
function isVp8FrameStart(bytes: Uint8Array, offset: number, length: number): boolean {
  return (
    parseVp8Descriptor(bytes, offset, length, descriptor) && descriptor.isPartitionStart && descriptor.partition === 0
  );
}

/** True when the payload begins a keyframe: P, the lowest bit of its data's first byte, is 0 (RFC 7741 section 4.3). */
export function isVp8KeyframeStart(bytes: Uint8Array, offset: number, length: number): boolean {
  return isVp8FrameStart(bytes, offset, length) && (bytes[descriptor.dataOffset] & 1) === 0;
}
