/** The video codecs whose payload formats are known here, by their RTP encoding name. */
export type VideoCodecName = 'VP8' | 'VP9' | 'H264' | 'H265' | 'AV1';

export function isVideoCodecName(name: string): name is VideoCodecName {
  return name === 'VP8' || name === 'VP9' || name === 'H264' || name === 'H265' || name === 'AV1';
}
