import type { MonotonicMs, SessionHandle, TransportAddress } from '@rivero/core';
import type { DatagramPort, DatapathCounter } from '../contract.ts';
import { isMediaPacket, isRtcpPacket } from './packet-kind.ts';
import type { PortEnd, SessionPorts } from './session-ports.ts';

/** A port of a session that has its own. */
interface OwnPort {
  readonly session: SessionHandle;
  readonly ports: SessionPorts;
  readonly end: PortEnd;
  readonly isRtcpOnly: boolean;
}

/** Whose the ports are that are one session's each. */
export class OwnPorts {
  readonly #byPort = new Map<DatagramPort, OwnPort>();

  open(session: SessionHandle, ports: SessionPorts): void {
    const { rtp, rtcp } = ports;
    this.#byPort.set(rtp.port, { session, ports, end: rtp, isRtcpOnly: false });
    this.#byPort.set(rtcp.port, { session, ports, end: rtcp, isRtcpOnly: true });
  }

  close({ rtp, rtcp }: SessionPorts): void {
    for (const end of [rtp, rtcp]) {
      // The port may be another session's by now.
      if (this.#byPort.get(end.port)?.end === end) this.#byPort.delete(end.port);
    }
  }

  /** The port's owner when the packet may be looked at, else what it counts as. */
  admit(port: DatagramPort, bytes: Uint8Array, remote: TransportAddress, now: MonotonicMs): OwnPort | DatapathCounter {
    if (bytes.length === 0) return 'receive-empty';
    if (remote.port === 0) return 'receive-from-port-0';
    const own = this.#byPort.get(port);
    if (own === undefined) return 'receive-unbound-path';
    if (!own.ports.isAdmitted(own.end, remote, now)) return 'receive-other-source';
    const isKnownKind = isMediaPacket(bytes[0]) && (isRtcpPacket(bytes) || !own.isRtcpOnly);
    return isKnownKind ? own : 'receive-unknown-kind';
  }
}
