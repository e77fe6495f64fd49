import { unreachable } from '@rivero/core';
import { isAv1KeyframeStart } from './av1.ts';
import type { VideoCodecName } from './codec.ts';
import { isH264KeyframeStart } from './h264.ts';
import { isH265KeyframeStart } from './h265.ts';
import { isVp8KeyframeStart } from './vp8.ts';
import { isVp9KeyframeStart } from './vp9.ts';

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
