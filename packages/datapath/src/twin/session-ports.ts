import type { MonotonicMs } from '@rivero/core';
import type { DatagramPort, PortPair, PortRemote } from '../contract.ts';
import type { Path } from './path-table.ts';
import { reachableAddress } from './reachable-port.ts';
import { SourceLatch } from './source-latch.ts';

/** Port 9 is a placeholder in descriptions (RFC 8866 section 5.14 names it discard). */
const discardPort = 9;

/** One port of a session and who is at the other end of it. */
export class PortEnd {
  readonly port: DatagramPort;
  readonly latch = new SourceLatch();
  #path: Path | undefined;

  constructor(port: DatagramPort) {
    this.port = port;
  }

  /** Where packets go from this port. */
  get path(): Path | undefined {
    return this.#path;
  }

  setNamed(named: PortRemote['rtp']): void {
    this.latch.setNamed(named === undefined || named.port === discardPort ? undefined : reachableAddress(named));
    this.#findPath();
  }

  /** A packet from there was genuine. */
  hear(ip: string, remotePort: number, now: MonotonicMs): void {
    if (this.latch.hear(ip, remotePort, now)) this.#findPath();
  }

  #findPath(): void {
    const remote = this.latch.destination();
    this.#path =
      remote === undefined
        ? undefined
        : { port: this.port, stream: undefined, remote, session: undefined, isPinned: true };
  }
}

/** The two ports of a session that has its own. */
export class SessionPorts {
  readonly rtp: PortEnd;
  readonly rtcp: PortEnd;
  #isMux = false;

  constructor(ports: PortPair, remote: PortRemote) {
    this.rtp = new PortEnd(ports.rtp);
    this.rtcp = new PortEnd(ports.rtcp);
    this.setRemote(remote);
  }

  setRemote({ rtp, rtcp, rtcpMux }: PortRemote): void {
    this.rtp.setNamed(rtp);
    this.rtcp.setNamed(rtcp);
    this.#isMux = rtcpMux;
  }

  /** Where RTCP goes. */
  get rtcpPath(): Path | undefined {
    return this.#isMux ? this.rtp.path : this.rtcp.path;
  }
}
