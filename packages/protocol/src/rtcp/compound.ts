import { unreachable } from '@rivero/core';
import { parseBye, serializeBye } from './bye.ts';
import { beginCompound, endCompound } from './compound-scratch.ts';
import { parseFullIntraRequest, serializeFullIntraRequest } from './fir.ts';
import { parseGenericNack, serializeGenericNack } from './nack.ts';
import { parsePictureLossIndication, serializePictureLossIndication } from './pli.ts';
import { parseReceiverReport, serializeReceiverReport } from './receiver-report.ts';
import { isRemb, parseRemb, serializeRemb } from './remb.ts';
import type { RtcpDefect } from './rtcp-defect.ts';
import { feedbackFormat, type RtcpBody, rtcpHeaderLength, rtcpPacketType } from './rtcp-header.ts';
import type { RtcpPacket } from './rtcp-packet.ts';
import { parseSourceDescription, serializeSourceDescription } from './sdes.ts';
import { parseSenderReport, serializeSenderReport } from './sender-report.ts';
import { parseTransportFeedback, serializeTransportFeedback } from './transport-feedback.ts';
import { serializeUnknown, unknownRtcp } from './unknown.ts';

/**
 * The packets of one datagram: a full compound (RFC 3550 section 6.1) or a reduced-size one (RFC 5506). At least one;
 * packet types that are not understood come as `unknown`. Views in the result live as long as `bytes`.
 */
export function parseRtcpCompound(bytes: Uint8Array): readonly RtcpPacket[] | RtcpDefect {
  const packets: RtcpPacket[] = [];
  let at = 0;
  do {
    if (at + rtcpHeaderLength > bytes.length) return 'truncated';
    const first = bytes[at];
    if (first >> 6 !== 2) return 'bad-version';
    const length = (((bytes[at + 2] << 8) | bytes[at + 3]) + 1) * 4;
    const end = at + length;
    if (end > bytes.length) return 'truncated';
    let bodyLength = length - rtcpHeaderLength;
    if ((first & 0x20) !== 0) {
      const padding = bytes[end - 1];
      if (end !== bytes.length || padding === 0 || padding % 4 !== 0 || padding > bodyLength) return 'bad-padding';
      bodyLength -= padding;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset + at + rtcpHeaderLength, bodyLength);
    const packet = parseBody({ packetType: bytes[at + 1], count: first & 0x1f, view });
    if (typeof packet === 'string') return packet;
    packets.push(packet);
    at = end;
  } while (at < bytes.length);
  return packets;
}

function parseBody(body: RtcpBody): RtcpPacket | RtcpDefect {
  switch (body.packetType) {
    case rtcpPacketType.senderReport:
      return parseSenderReport(body);
    case rtcpPacketType.receiverReport:
      return parseReceiverReport(body);
    case rtcpPacketType.sourceDescription:
      return parseSourceDescription(body);
    case rtcpPacketType.bye:
      return parseBye(body);
    case rtcpPacketType.transportLayerFeedback:
      if (body.count === feedbackFormat.genericNack) return parseGenericNack(body);
      if (body.count === feedbackFormat.transportWide) return parseTransportFeedback(body);
      return unknownRtcp(body);
    case rtcpPacketType.payloadSpecificFeedback:
      if (body.count === feedbackFormat.pictureLossIndication) return parsePictureLossIndication(body);
      if (body.count === feedbackFormat.fullIntraRequest) return parseFullIntraRequest(body);
      if (body.count === feedbackFormat.applicationLayer && isRemb(body)) return parseRemb(body);
      return unknownRtcp(body);
    default:
      return unknownRtcp(body);
  }
}

const nothing = new Uint8Array(0);

/**
 * The packets one after the other, without padding, in a buffer of exactly their size; behind packets that were serialized
 * before, if there are any. The caller minds the MTU.
 */
export function serializeRtcpCompound(packets: readonly RtcpPacket[], before: Uint8Array = nothing): Uint8Array {
  beginCompound(before);
  for (let i = 0; i < packets.length; i++) writePacket(packets[i]);
  return endCompound();
}

function writePacket(packet: RtcpPacket): DataView {
  switch (packet.type) {
    case 'sr':
      return serializeSenderReport(packet);
    case 'rr':
      return serializeReceiverReport(packet);
    case 'sdes':
      return serializeSourceDescription(packet);
    case 'bye':
      return serializeBye(packet);
    case 'nack':
      return serializeGenericNack(packet);
    case 'pli':
      return serializePictureLossIndication(packet);
    case 'fir':
      return serializeFullIntraRequest(packet);
    case 'remb':
      return serializeRemb(packet);
    case 'transport-feedback':
      return serializeTransportFeedback(packet);
    case 'unknown':
      return serializeUnknown(packet);
    default:
      return unreachable(packet);
  }
}
