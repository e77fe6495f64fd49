export { audioLevelByte, audioLevelSilence, writeAudioLevel } from './audio-level.ts';
export { isVideoCodecName, type VideoCodecName } from './codec.ts';
export {
  closeOneByteExtension,
  emptyExtensionElement,
  type ExtensionElement,
  extensionElementsOffset,
  findExtensionElement,
  nextExtensionElement,
  oneByteProfile,
  openOneByteElement,
  writeOneByteElement,
} from './header-extension.ts';
export { isKeyframeStart } from './keyframe.ts';
export { readMid, writeMid } from './mid.ts';
export {
  emptyRtpHeader,
  parseRtpHeader,
  type RtpDefect,
  rtpDefects,
  rtpFixedHeaderLength,
  type RtpHeader,
} from './rtp-header.ts';
export { rtxPrefixLength, unwrapRtx, writeRtxPrefix } from './rtx.ts';
export { SequenceUnwrapper } from './sequence.ts';
export { readTransportSequence, writeTransportSequence } from './transport-sequence.ts';
export { emptyVp8Descriptor, parseVp8Descriptor, type Vp8Descriptor } from './vp8.ts';
export { emptyVp9Descriptor, parseVp9Descriptor, type Vp9Descriptor } from './vp9.ts';
export { type RtpHeaderFields, writeRtpHeader } from './write-rtp-header.ts';
