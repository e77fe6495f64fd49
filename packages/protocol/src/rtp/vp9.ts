/** What a VP9 payload descriptor says, in an object that is filled again for every packet; -1 for what is absent. */
export interface Vp9Descriptor {
  /** P: the picture refers to earlier ones. Not every sender sets it. */
  isInterPicture: boolean;
  /** F: flexible mode, each picture names what it refers to. */
  isFlexible: boolean;
  /** B: the packet begins a layer frame. */
  isLayerFrameStart: boolean;
  /** E: the packet ends a layer frame. */
  isLayerFrameEnd: boolean;
  /** 7 or 15 bits. */
  pictureId: number;
  temporalLayer: number;
  spatialLayer: number;
  /** U: from here on a receiver may switch up to this temporal layer. */
  isSwitchingUpPoint: boolean;
  /** D: the layer frame depends on the spatial layer below it. */
  isInterLayer: boolean;
  /** V: a scalability structure is present. */
  hasScalabilityStructure: boolean;
  /** Where the VP9 data begins, absolute. */
  dataOffset: number;
}

/** A Vp9Descriptor to be filled by {@link parseVp9Descriptor}. */
export function emptyVp9Descriptor(): Vp9Descriptor {
  return {
    isInterPicture: false,
    isFlexible: false,
    isLayerFrameStart: false,
    isLayerFrameEnd: false,
    pictureId: -1,
    temporalLayer: -1,
    spatialLayer: -1,
    isSwitchingUpPoint: false,
    isInterLayer: false,
    hasScalabilityStructure: false,
    dataOffset: 0,
  };
}

/** Reference indices of a flexible-mode picture, at most (RFC 9628 section 4.2). */
const referenceIndicesMax = 3;

/**
 * Fills `into` from the RTP payload; false when it is too short for its descriptor and a byte of data.
 *
 *            0 1 2 3 4 5 6 7
 *           |I|P|L|F|B|E|V|Z|
 *     I:    |M| PICTURE ID  |  M: a second byte of it
 *     L:    | TID |U| SID |D|
 *     L, !F:|   TL0PICIDX   |
 *     P, F: | P_DIFF      |N|  N: another one follows, three at most
 *     V:    scalability structure
 *
 * Source: RFC 9628 section 4.2.
 */
export function parseVp9Descriptor(bytes: Uint8Array, offset: number, length: number, into: Vp9Descriptor): boolean {
  const end = offset + length;
  if (length < 1) return false;
  const first = bytes[offset];
  into.isInterPicture = (first & 0x40) !== 0;
  into.isFlexible = (first & 0x10) !== 0;
  into.isLayerFrameStart = (first & 0x08) !== 0;
  into.isLayerFrameEnd = (first & 0x04) !== 0;
  into.hasScalabilityStructure = (first & 0x02) !== 0;
  let at = offset + 1;

  into.pictureId = -1;
  if ((first & 0x80) !== 0) {
    if (at >= end) return false;
    into.pictureId = bytes[at] & 0x7f;
    if (bytes[at++] > 0x7f) {
      if (at >= end) return false;
      into.pictureId = (into.pictureId << 8) | bytes[at++];
    }
  }
  at = readLayerIndices(bytes, at, end, into, (first & 0x20) !== 0);
  if (into.isInterPicture && into.isFlexible) {
    for (let i = 0; i < referenceIndicesMax; i++) {
      if (at >= end) return false;
      if ((bytes[at++] & 1) === 0) break;
      if (i === referenceIndicesMax - 1) return false;
    }
  }
  if (into.hasScalabilityStructure) at = skipScalabilityStructure(bytes, at, end);
  into.dataOffset = at;
  return at < end;
}

/** Answers where to go on; `end` when it does not fit. */
function readLayerIndices(bytes: Uint8Array, at: number, end: number, into: Vp9Descriptor, isPresent: boolean): number {
  into.temporalLayer = -1;
  into.spatialLayer = -1;
  into.isSwitchingUpPoint = false;
  into.isInterLayer = false;
  if (!isPresent || at >= end) return at;
  const layers = bytes[at];
  into.temporalLayer = layers >> 5;
  into.isSwitchingUpPoint = (layers & 0x10) !== 0;
  into.spatialLayer = (layers >> 1) & 0x07;
  into.isInterLayer = (layers & 0x01) !== 0;
  return at + (into.isFlexible ? 1 : 2);
}

/**
 *           | N_S |Y|G|-|-|-|
 *     Y:    | WIDTH (16), HEIGHT (16), N_S + 1 times |
 *     G:    | N_G (8) |, then N_G times  | TID |U| R |-|-|  and R times  | P_DIFF (8) |
 *
 * Answers where the data begins; `end` or more when it does not fit. Source: RFC 9628 section 4.2.1.
 */
function skipScalabilityStructure(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return end;
  const first = bytes[start];
  let at = start + 1;
  if ((first & 0x10) !== 0) at += ((first >> 5) + 1) * 4;
  if ((first & 0x08) === 0) return at;
  if (at >= end) return end;
  const pictures = bytes[at++];
  for (let i = 0; i < pictures; i++) {
    if (at >= end) return end;
    at += 1 + ((bytes[at] >> 2) & 0x03);
  }
  return at;
}

const descriptor = emptyVp9Descriptor();

/** True when the payload begins a picture: the first packet of its lowest spatial layer. */
function isVp9FrameStart(bytes: Uint8Array, offset: number, length: number): boolean {
  return (
    parseVp9Descriptor(bytes, offset, length, descriptor) &&
    descriptor.isLayerFrameStart &&
    descriptor.spatialLayer <= 0
  );
}

/**
 * True when the payload begins a keyframe. The P bit alone does not tell (FFmpeg never sets it), so the frame's header
 * is read (RFC 9628 section 4.2; VP9 bitstream specification section 6.2).
 */
export function isVp9KeyframeStart(bytes: Uint8Array, offset: number, length: number): boolean {
  if (!isVp9FrameStart(bytes, offset, length) || descriptor.isInterPicture) return false;
  return isKeyFrameHeader(bytes[descriptor.dataOffset]);
}

/**
 *     | frame_marker = 2 (2) | profile low, high | (reserved, profile 3 only) | show_existing_frame | frame_type |
 */
function isKeyFrameHeader(first: number): boolean {
  if (first >> 6 !== 2) return false;
  const isProfile3 = (first & 0x30) === 0x30;
  const bits = isProfile3 ? first >> 1 : first >> 2;
  return (bits & 0x03) === 0;
}
