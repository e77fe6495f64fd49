export {
  absSendTimeElapsedMs,
  absSendTimeFromMs,
  absSendTimePerSecond,
  absSendTimeUri,
  readAbsSendTime,
  writeAbsSendTime,
} from './abs-send-time.ts';
export {
  audioLevelByte,
  audioLevelSilence,
  audioLevelUri,
  readAudioLevel,
  readVoiceActivity,
  writeAudioLevel,
} from './audio-level.ts';
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
export { isFrameStart, isKeyframeStart } from './keyframe.ts';
export { midUri, readMid, writeMid } from './mid.ts';
export { readRid, repairedRidUri, ridUri, writeRid } from './rid.ts';
export {
  emptyRtpHeader,
  parseRtpHeader,
  type RtpDefect,
  rtpDefects,
  rtpFixedHeaderLength,
  type RtpHeader,
} from './rtp-header.ts';
export { rtxPrefixLength, unwrapRtx, writeRtxPrefix } from './rtx.ts';
export { isNewer, sequenceDistance, SequenceUnwrapper } from './sequence.ts';
export { timestampDistance, TimestampUnwrapper } from './timestamp.ts';
export { readTransportSequence, transportSequenceUri, writeTransportSequence } from './transport-sequence.ts';
export {
  readVideoOrientation,
  type VideoOrientation,
  videoOrientationUri,
  writeVideoOrientation,
} from './video-orientation.ts';
export { emptyVp8Descriptor, parseVp8Descriptor, type Vp8Descriptor } from './vp8.ts';
export { emptyVp9Descriptor, parseVp9Descriptor, type Vp9Descriptor } from './vp9.ts';
export { type RtpHeaderFields, writeRtpHeader } from './write-rtp-header.ts';
