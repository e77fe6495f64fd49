import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { milliseconds, monotonicMs, wallClockMs } from '@rivero/core';
import { generateCertificate } from '@rivero/protocol/dtls';
import { HeadlessPeer, SeededRandom } from '@rivero/testkit';
import { Driver, monotonicNow } from '@rivero/transport';

export const loopbackIp = '127.0.0.1';

/** Of loopback, so that the peers' sockets reach them. */
export const loopbackNames = Object.entries(networkInterfaces())
  .filter(([, list]) => list?.some(({ address }) => address === loopbackIp) === true)
  .map(([name]) => name);

const random = new SeededRandom(7);
const certificate = generateCertificate({ type: 'ecdsa', random: random.bytes, now: wallClockMs(Date.now()) });

/** A headless peer on a socket of loopback and the clock. */
export class RealPeer {
  readonly peer: HeadlessPeer;
  readonly #socket: Socket;
  readonly #driver: Driver;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.peer = new HeadlessPeer({
      random,
      certificate,
      address: { ip: loopbackIp, port: socket.address().port },
      hasSound: true,
      isBothWays: true,
      send: (bytes, _, to) => {
        if (to.ip === loopbackIp) socket.send(bytes, to.port, to.ip);
      },
    });
    this.#driver = new Driver(this.peer);
    socket.on('message', (bytes, { port }) => {
      this.peer.handleDatagram(new Uint8Array(bytes), { ip: loopbackIp, port }, monotonicNow());
      this.#driver.arm();
    });
  }

  static async open(): Promise<RealPeer> {
    const socket = createSocket('udp4');
    socket.bind(0, loopbackIp);
    await once(socket, 'listening');
    return new RealPeer(socket);
  }

  /** As a browser would tell it. */
  get candidate(): string {
    return `candidate:1 1 udp 2122260223 ${loopbackIp} ${this.#socket.address().port} typ host`;
  }

  /** Whole frames that came, each of which could be shown. */
  get shown(): number {
    const judges = [...this.peer.received.values()].map(({ judge }) => judge);
    const verdicts = judges.map((judge) => judge.verdict(monotonicMs(0), monotonicNow(), milliseconds(500)));
    return Math.max(0, ...verdicts.map(({ shown }) => shown));
  }

  handleAnswer(answer: string): void {
    this.peer.handleAnswer(answer, monotonicNow());
    this.#driver.arm();
  }

  close(): void {
    this.#driver.stop();
    this.#socket.close();
  }
}
