import type { Bye } from './bye.ts';
import type { FullIntraRequest } from './fir.ts';
import type { GenericNack } from './nack.ts';
import type { PictureLossIndication } from './pli.ts';
import type { ReceiverReport } from './receiver-report.ts';
import type { ReceiverEstimatedMaximumBitrate } from './remb.ts';
import type { SourceDescription } from './sdes.ts';
import type { SenderReport } from './sender-report.ts';
import type { TransportFeedback } from './transport-feedback.ts';
import type { UnknownRtcp } from './unknown.ts';

/** Every RTCP packet that is understood, and one variant for all others. */
export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | SourceDescription
  | Bye
  | GenericNack
  | PictureLossIndication
  | FullIntraRequest
  | ReceiverEstimatedMaximumBitrate
  | TransportFeedback
  | UnknownRtcp;
