import { createSocket, type Socket } from 'node:dgram';
import { assert, canonicalIp, CodedError, monotonicMs, type PortRange } from '@rivero/core';
import type { PortPair } from './contract.ts';
import type { SocketDatapath } from './socket-datapath.ts';
import { UdpPort } from './udp-port.ts';

/** One stream's, but for bursts of keyframes. */
const receiveBufferBytes = 1024 * 1024;
const sendBufferBytes = 1024 * 1024;

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

  /** Binds at once: with a lookup that answers at once, dgram waits for nothing. `undefined`: taken. */
  #bind(ip: 'ipv4' | 'ipv6', number: number): BoundPort | undefined {
    const isIpv6 = ip === 'ipv6';
    const socket = createSocket({
      type: isIpv6 ? 'udp6' : 'udp4',
      ipv6Only: isIpv6,
      lookup: (address, _options, callback) => callback(null, address, isIpv6 ? 6 : 4),
    });
    let failure: NodeJS.ErrnoException | undefined;
    let isBound = false;
    socket.once('error', (error: NodeJS.ErrnoException) => (failure = error));
    socket.once('listening', () => (isBound = true));
    const local = { ip: isIpv6 ? '::' : '0.0.0.0', port: number };
    socket.bind({ port: number, address: local.ip, exclusive: true });
    if (failure !== undefined) return refused(socket, failure);
    assert(isBound, 'a socket is bound at once');
    socket.removeAllListeners('error');
    const onSendFailed = (): void => this.#datapath.handleSendFailure();
    socket.on('error', onSendFailed);
    trySetBuffers(socket);
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

function refused(socket: Socket, error: NodeJS.ErrnoException): undefined {
  socket.close();
  const { code } = error;
  if (fullCodes.has(code)) {
    const message = `The system gives this program no more sockets (${code}); raise its limit of open files.`;
    throw new CodedError('rtp-ports-used-up', message, { code });
  }
  if (!takenCodes.has(code)) throw error;
}

function trySetBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(receiveBufferBytes);
    socket.setSendBufferSize(sendBufferBytes);
  } catch {
    // The kernel's own size has to do.
  }
}
