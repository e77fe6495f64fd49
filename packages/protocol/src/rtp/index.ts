export { isVideoCodecName, type VideoCodecName } from './codec.ts';
export {
  closeOneByteExtension,
  emptyExtensionElement,
  type ExtensionElement,
  extensionElementsOffset,
  findExtensionElement,
  nextExtensionElement,
  oneByteProfile,
} from './header-extension.ts';
export { isKeyframeStart } from './keyframe.ts';
export {
  emptyRtpHeader,
  parseRtpHeader,
  type RtpDefect,
  rtpDefects,
  rtpFixedHeaderLength,
  type RtpHeader,
} from './rtp-header.ts';
export { isNewer, sequenceDistance, SequenceUnwrapper } from './sequence.ts';
export { timestampDistance, TimestampUnwrapper } from './timestamp.ts';
