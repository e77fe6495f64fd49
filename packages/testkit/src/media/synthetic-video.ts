import { type MonotonicMs, monotonicMs } from '@rivero/core';

/** What a packet of synthetic video says about itself, in the last bytes of its payload. */
export interface FrameMark {
  readonly frame: number;
  readonly packet: number;
  readonly packetCount: number;
  readonly isKeyframe: boolean;
  readonly sentAt: MonotonicMs;
}

const markLength = 17;
const payloadLength = 1000;
const packetsPerFrame = 3;
const packetsPerKeyframe = 9;

/** Start of a VP8 payload: descriptor with the S bit, then the frame tag (RFC 7741 sections 4.2 and 4.3). */
const keyframeStart = Uint8Array.of(0x10, 0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01);
const deltaStart = Uint8Array.of(0x10, 0x11, 0x00, 0x00);

/** RTP payloads of VP8 frames that say which frame they are of; the first frame is a keyframe, later ones on demand. */
export class SyntheticVideo {
  readonly #firstFrame: number;
  #frame: number;
  #wantsKeyframe = true;

  constructor(firstFrame = 0) {
    this.#firstFrame = firstFrame;
    this.#frame = firstFrame;
  }

  requestKeyframe(): void {
    this.#wantsKeyframe = true;
  }

  /** How many frames were made. */
  get frameCount(): number {
    return this.#frame - this.#firstFrame;
  }

  /** The payloads of the next frame, in order; the last one takes the RTP marker. */
  nextFrame(now: MonotonicMs): readonly Uint8Array[] {
    const isKeyframe = this.#wantsKeyframe;
    this.#wantsKeyframe = false;
    const packetCount = isKeyframe ? packetsPerKeyframe : packetsPerFrame;
    const frame = this.#frame++;
    return Array.from({ length: packetCount }, (_, packet) => {
      const payload = new Uint8Array(payloadLength);
      if (packet === 0) payload.set(isKeyframe ? keyframeStart : deltaStart);
      const view = new DataView(payload.buffer, payloadLength - markLength);
      view.setUint32(0, frame);
      view.setUint16(4, packet);
      view.setUint16(6, packetCount);
      view.setUint8(8, isKeyframe ? 1 : 0);
      view.setFloat64(9, now);
      return payload;
    });
  }
}

/** Reads the mark of a payload; `undefined` when it is not one of ours. */
export function readFrameMark(payload: Uint8Array): FrameMark | undefined {
  if (payload.length !== payloadLength) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset + payloadLength - markLength, markLength);
  return {
    frame: view.getUint32(0),
    packet: view.getUint16(4),
    packetCount: view.getUint16(6),
    isKeyframe: view.getUint8(8) === 1,
    sentAt: monotonicMs(view.getFloat64(9)),
  };
}
