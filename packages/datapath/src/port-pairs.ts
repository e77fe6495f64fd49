import type { Socket } from 'node:dgram';
import { canonicalIp, CodedError, monotonicMs, type PortRange } from '@rivero/core';
import type { PortPair } from './contract.ts';
import { bindDgramSocket, type SocketBuffers } from './dgram-socket.ts';
import type { SocketDatapath } from './socket-datapath.ts';
import { UdpPort } from './udp-port.ts';

/** One stream's, but for bursts of keyframes. */
const buffers: SocketBuffers = { receive: 1024 * 1024, send: 1024 * 1024 };

/** After all were taken, so long none is looked for: to try each costs 20 ms with the standard range, in which no packet moves. */
export const retryIntervalMs = 500;

/** Two sockets until they are closed. */
export interface OpenPortPair extends PortPair {
  close(): void;
}

interface BoundPort {
  readonly port: UdpPort;
  readonly socket: Socket;
}

/**
 * Port pairs of a range, an even port for RTP and the next one for RTCP, on all local addresses of one family. They are
 * given out in turn, so that late packets of a closed session seldom reach the next one.
 */
export class PortPairs {
  readonly #datapath: SocketDatapath;
  readonly #first: number;
  readonly #pairsMax: number;
  readonly #open = new Set<number>();
  #next: number;
  #usedUpAt = Number.NEGATIVE_INFINITY;
  #isDeliveryPending = false;

  /** `start`, from 0 to 1, is where in the range the first pair is taken: workers that share a range begin apart. */
  constructor(datapath: SocketDatapath, { first, last }: PortRange, start: number) {
    this.#datapath = datapath;
    this.#first = first + (first % 2);
    this.#pairsMax = Math.max(0, Math.floor((last - this.#first + 1) / 2));
    this.#next = Math.floor(start * this.#pairsMax);
  }

  /** Refused with `rtp-ports-used-up` when each pair has a port that is taken. */
  open(ip: 'ipv4' | 'ipv6'): OpenPortPair {
    if (performance.now() - this.#usedUpAt < retryIntervalMs) throw this.#usedUp();
    for (let tries = 0; tries < this.#pairsMax; tries++) {
      const number = this.#first + 2 * ((this.#next + tries) % this.#pairsMax);
      const pair = this.#open.has(number) ? undefined : this.#bindPair(ip, number);
      if (pair === undefined) continue;
      this.#next = (this.#next + tries + 1) % this.#pairsMax;
      return pair;
    }
    this.#usedUpAt = performance.now();
    throw this.#usedUp();
  }

  #usedUp(): CodedError {
    return new CodedError('rtp-ports-used-up', 'All UDP ports for RTP are in use; widen RIVERO_RTP_PORTS.', {
      pairsMax: this.#pairsMax,
    });
  }

  /** `undefined` when one of the two is taken. */
  #bindPair(ip: 'ipv4' | 'ipv6', number: number): OpenPortPair | undefined {
    const rtp = this.#bind(ip, number);
    if (rtp === undefined) return undefined;
    let rtcp: BoundPort | undefined;
    try {
      rtcp = this.#bind(ip, number + 1);
    } finally {
      if (rtcp === undefined) rtp.socket.close();
    }
    if (rtcp === undefined) return undefined;
    this.#open.add(number);
    let isOpen = true;
    return {
      rtp: rtp.port,
      rtcp: rtcp.port,
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#open.delete(number);
        this.#usedUpAt = Number.NEGATIVE_INFINITY;
        rtp.socket.close();
        rtcp.socket.close();
      },
    };
  }

  /** `undefined`: taken. */
  #bind(ip: 'ipv4' | 'ipv6', number: number): BoundPort | undefined {
    const local = { ip: ip === 'ipv6' ? '::' : '0.0.0.0', port: number };
    const socket = bindDgramSocket(local, buffers);
    if (socket instanceof Error) return refused(socket);
    const onSendFailed = (): void => this.#datapath.handleSendFailure();
    socket.on('error', onSendFailed);
    const port = new UdpPort(socket, local, onSendFailed);
    socket.on('message', (bytes, { address, port: remotePort }) => {
      const now = monotonicMs(performance.now());
      this.#datapath.receiveAtOwnPort(port, bytes, { ip: canonicalIp(address), port: remotePort }, now);
      this.#deliverSoon();
    });
    return { port, socket };
  }

  /** What one wake-up brings is delivered together. */
  #deliverSoon(): void {
    if (this.#isDeliveryPending) return;
    this.#isDeliveryPending = true;
    setImmediate(() => {
      this.#isDeliveryPending = false;
      this.#datapath.deliver();
    });
  }
}

/** What the system says of a port that another program has, or that this user may not open. */
const takenCodes: ReadonlySet<string | undefined> = new Set(['EADDRINUSE', 'EACCES']);

/** What it says when it has no more sockets for this program. */
const fullCodes: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS']);

function refused(error: NodeJS.ErrnoException): undefined {
  const { code } = error;
  if (fullCodes.has(code)) {
    const message = `The system gives this program no more sockets (${code}); raise its limit of open files.`;
    throw new CodedError('rtp-ports-used-up', message, { code });
  }
  if (!takenCodes.has(code)) throw error;
}
