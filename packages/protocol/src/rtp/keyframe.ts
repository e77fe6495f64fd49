import type { VideoCodecName } from './codec.ts';

/** True when the RTP payload begins a frame from which a decoder can start. */
export function isKeyframeStart(codec: VideoCodecName, bytes: Uint8Array, offset: number, length: number): boolean {
  (void codec, bytes, offset, length);
  return false;
}
