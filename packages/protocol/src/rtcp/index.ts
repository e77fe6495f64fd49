export type { Bye } from './bye.ts';
export { parseRtcpCompound, serializeRtcpCompound } from './compound.ts';
export type { FirEntry, FullIntraRequest } from './fir.ts';
export { type GenericNack, type NackPair, packNackPairs, unpackNackPairs } from './nack.ts';
export {
  compactNtp,
  compactNtpToMs,
  msToCompactNtp,
  ntpFromWallClock,
  type NtpTimestamp,
  wallClockFromNtp,
} from './ntp.ts';
export type { PictureLossIndication } from './pli.ts';
export type { ReceiverReport } from './receiver-report.ts';
export type { ReceiverEstimatedMaximumBitrate } from './remb.ts';
export type { ReportBlock } from './report-block.ts';
export { type RtcpDefect, rtcpDefects } from './rtcp-defect.ts';
export type { RtcpPacket } from './rtcp-packet.ts';
export { type SdesChunk, type SdesItem, sdesItemType, type SourceDescription } from './sdes.ts';
export type { SenderReport } from './sender-report.ts';
export { feedbackStatusMax, TransportFeedbackRecorder } from './transport-feedback-recorder.ts';
export {
  ticksPerMs,
  ticksPerReferenceUnit,
  type TransportArrival,
  type TransportFeedback,
} from './transport-feedback.ts';
export type { UnknownRtcp } from './unknown.ts';
