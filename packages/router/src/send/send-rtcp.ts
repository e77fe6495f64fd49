import type { RtcpPacket } from '@rivero/protocol/rtcp';
import type { RouterSink } from '../parameters.ts';
import type { RouterSession } from '../router-session.ts';
import { fullCompound } from './reports.ts';

/** Feedback to the session's peer, once it has keys. */
export function sendRtcp(sink: RouterSink, session: RouterSession, packets: readonly RtcpPacket[]): void {
  if (session.handle !== undefined) sink.sendRtcp(session.handle, fullCompound(session, packets));
}
