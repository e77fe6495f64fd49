import { type RtcpPacket, serializeRtcpCompound } from '@rivero/protocol/rtcp';
import type { RouterSink } from '../parameters.ts';
import type { RouterSession } from '../router-session.ts';
import { fullCompound } from './reports.ts';

/** To the session's peer, once it has keys. */
export function sendRtcp(sink: RouterSink, session: RouterSession, packets: readonly RtcpPacket[]): void {
  if (session.handle === undefined) return;
  sink.sendRtcp(session.handle, serializeRtcpCompound(fullCompound(session, packets)));
}
