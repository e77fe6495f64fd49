import { isIpv6, type MonotonicMs, type TransportAddress } from '@rivero/core';
import type { DatagramPort, PortPair, PortRemote } from '../contract.ts';
import type { Path } from './path-table.ts';
import { isGlobal, reachableAddress } from './reachable-port.ts';
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

  /** `isProtected`: nobody is heard who has not proved who he is. */
  setNamed(named: PortRemote['rtp'], isProtected: boolean): void {
    const reachable = named === undefined || named.port === discardPort ? undefined : reachableAddress(named);
    const isOfFamily = reachable !== undefined && isIpv6(reachable.ip) === isIpv6(this.port.local.ip);
    const address = isOfFamily ? reachable : undefined;
    this.latch.setNamed(address, address !== undefined && !isProtected && isGlobal(address.ip));
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
  readonly #isProtected: boolean;
  #isMux = false;

  constructor(ports: PortPair, remote: PortRemote, isProtected: boolean) {
    this.#isProtected = isProtected;
    this.rtp = new PortEnd(ports.rtp);
    this.rtcp = new PortEnd(ports.rtcp);
    this.setRemote(remote);
  }

  setRemote({ rtp, rtcp, rtcpMux }: PortRemote): void {
    this.rtp.setNamed(rtp, this.#isProtected);
    this.rtcp.setNamed(rtcp, this.#isProtected);
    this.#isMux = rtcpMux;
  }

  /**
   * True when a packet from there may be looked at. Where RTCP goes to a fixed address it also comes from that host, or from
   * the one that sends the RTP: many send none, so that the first stranger would be the source.
   */
  isAdmitted(end: PortEnd, { ip, port }: TransportAddress, now: MonotonicMs): boolean {
    if (!end.latch.isAdmitted(ip, port, now)) return false;
    return end === this.rtp || !end.latch.isFixed || end.latch.knows(ip) || this.rtp.latch.knows(ip);
  }

  /** Where RTCP goes. */
  get rtcpPath(): Path | undefined {
    return this.#isMux ? this.rtp.path : this.rtcp.path;
  }
}
