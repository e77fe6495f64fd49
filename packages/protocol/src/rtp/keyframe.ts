import { unreachable } from '@rivero/core';
import { isAv1KeyframeStart } from './av1.ts';
import type { VideoCodecName } from './codec.ts';
import { isH264KeyframeStart } from './h264.ts';
import { isH265KeyframeStart } from './h265.ts';
import { isVp8FrameStart, isVp8KeyframeStart } from './vp8.ts';
import { isVp9FrameStart, isVp9KeyframeStart } from './vp9.ts';

/** True when the RTP payload begins a frame from which a decoder can start; false for payloads that make no sense. */
export function isKeyframeStart(codec: VideoCodecName, bytes: Uint8Array, offset: number, length: number): boolean {
  switch (codec) {
    case 'VP8':
      return isVp8KeyframeStart(bytes, offset, length);
    case 'VP9':
      return isVp9KeyframeStart(bytes, offset, length);
    case 'H264':
      return isH264KeyframeStart(bytes, offset, length);
    case 'H265':
      return isH265KeyframeStart(bytes, offset, length);
    case 'AV1':
      return isAv1KeyframeStart(bytes, offset, length);
    default:
      return unreachable(codec);
  }
}

/**
 * Whether the RTP payload begins a picture; `undefined` where the payload format does not tell (H264, H265, AV1), and only the
 * change of the timestamp does. That a picture ends, the marker bit says for all of them.
 */
export function isFrameStart(
  codec: VideoCodecName,
  bytes: Uint8Array,
  offset: number,
  length: number,
): boolean | undefined {
  switch (codec) {
    case 'VP8':
      return isVp8FrameStart(bytes, offset, length);
    case 'VP9':
      return isVp9FrameStart(bytes, offset, length);
    case 'H264':
    case 'H265':
    case 'AV1':
      return undefined;
    default:
      return unreachable(codec);
  }
}
