import type { RtcpDefect } from './rtcp-defect.ts';
import { feedbackFormat, newRtcpPacket, type RtcpBody, rtcpPacketType } from './rtcp-header.ts';

/** The decoder lost pictures and wants a keyframe. */
export interface PictureLossIndication {
  readonly type: 'pli';
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
}

/**
 *     |                  SSRC of packet sender                        |
 *     |                  SSRC of media source                         |
 *
 * Source: RFC 4585 section 6.3.1.
 */
export function parsePictureLossIndication(body: RtcpBody): PictureLossIndication | RtcpDefect {
  if (body.view.byteLength < 8) return 'truncated';
  return { type: 'pli', senderSsrc: body.view.getUint32(0), mediaSsrc: body.view.getUint32(4) };
}

export function serializePictureLossIndication(pli: PictureLossIndication): DataView {
  const view = newRtcpPacket(rtcpPacketType.payloadSpecificFeedback, feedbackFormat.pictureLossIndication, 8);
  view.setUint32(4, pli.senderSsrc);
  view.setUint32(8, pli.mediaSsrc);
  return view;
}
