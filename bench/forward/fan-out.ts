import { randomBytes } from 'node:crypto';
import { type MonotonicMs, monotonicMs, type PathHandle, SendBatch, type SessionHandle } from '@rivero/core';
import {
  type DatapathChoice,
  openDatapath,
  openUdpSockets,
  type SessionKeys,
  type SocketDatapath,
} from '@rivero/datapath';
import { SrtpSender } from '@rivero/protocol/srtp';
import { Router, type RouterSessionId } from '@rivero/router';

/** Without header extensions and tag. */
export const packetBytes = 1_200;

const payloadType = 96;
const ssrc = 1234;

const noFeedback = { nack: true, pli: true, fir: false, transportCc: false };
const codec = { name: 'VP8', clockRate: 90_000, payloadType };

function keys(): SessionKeys {
  const key = (): Uint8Array => new Uint8Array(randomBytes(16));
  const salt = (): Uint8Array => new Uint8Array(randomBytes(12));
  return { profile: 'AEAD_AES_128_GCM', localKey: key(), localSalt: salt(), remoteKey: key(), remoteSalt: salt() };
}

/** One publisher and its receivers on the real router and datapath; packets enter sealed, as from the wire. */
export class FanOut {
  readonly #datapath: SocketDatapath;
  readonly #router: Router;
  readonly #publisherKeys = keys();
  readonly #sender = new SrtpSender({
    profile: 'AEAD_AES_128_GCM',
    masterKey: this.#publisherKeys.remoteKey,
    masterSalt: this.#publisherKeys.remoteSalt,
  });
  readonly #payload = new Uint8Array(packetBytes - 12);
  #publisher: RouterSessionId | undefined;
  #port: Parameters<SocketDatapath['receive']>[0] | undefined;
  #sequence = 0;

  constructor(choice: DatapathChoice) {
    this.#datapath = openDatapath(choice).datapath;
    const batch = new SendBatch(256);
    this.#router = new Router({
      pool: this.#datapath.pool,
      random: (length) => new Uint8Array(randomBytes(length)),
      sink: {
        batch,
        flush: () => this.#datapath.send(batch),
        sendRtcp: () => {},
        openStream: (options) => this.#datapath.openStream(options),
        closeStream: (stream) => this.#datapath.closeStream(stream),
      },
    });
    // A VP8 keyframe begins every packet: the first one that comes is forwarded, and so are all others.
    this.#payload.set([0x10, 0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a]);
  }

  async open(ports: readonly number[]): Promise<{ close(): Promise<void> }> {
    const udp = await openUdpSockets(this.#datapath, ['127.0.0.1'], 0);
    this.#port = udp.ports[0];
    const now = monotonicMs(0);
    this.#publisher = this.#router.openSession();
    this.#router.openProducer('track', this.#publisher, {
      kind: 'video',
      codec,
      mid: '0',
      ssrc,
      extensions: {},
      feedback: noFeedback,
    });
    const path = this.#pathTo(1);
    const session = this.#openSession(this.#publisherKeys, path);
    this.#datapath.bindPath(path, session);
    this.#router.connectSession(this.#publisher, session, now);
    for (const [i, port] of ports.entries()) this.#openReceiver(i, port, now);
    this.#datapath.onBatch((batch) => {
      for (let row = 0; row < batch.count; row++) {
        const packet = { slot: batch.slot[row], offset: batch.offset[row], length: batch.length[row] };
        if (this.#publisher !== undefined) this.#router.handleRtp(this.#publisher, packet, this.#now());
      }
      this.#router.flush(this.#now());
    });
    return udp;
  }

  #openReceiver(i: number, port: number, now: MonotonicMs): void {
    const receiver = this.#router.openSession();
    const parameters = {
      codec: { ...codec, rtxPayloadType: 97 },
      mid: '0',
      ssrc: 10_000 + i,
      rtxSsrc: 20_000 + i,
      cname: 'bench',
      extensions: { mid: 4 },
      feedback: noFeedback,
    };
    this.#router.openConsumer(`consumer-${i}`, { producerId: 'track', session: receiver, parameters }, now);
    this.#router.connectSession(receiver, this.#openSession(keys(), this.#pathTo(port)), now);
  }

  /** So many packets of the publisher arrive at once and are forwarded to everybody. */
  forward(packets: number): void {
    for (let packet = 0; packet < packets; packet++) this.#receiveOne();
    this.#datapath.deliver();
  }

  #receiveOne(): void {
    const packet = new Uint8Array(packetBytes + 16);
    const sequence = this.#sequence++;
    const view = new DataView(packet.buffer);
    packet[0] = 0x80;
    packet[1] = payloadType;
    view.setUint16(2, sequence & 0xffff);
    view.setUint32(4, sequence * 3_000);
    view.setUint32(8, ssrc);
    packet.set(this.#payload, 12);
    const length = this.#sender.protectRtp(packet, 12, packetBytes, sequence >> 16);
    if (typeof length === 'string' || this.#port === undefined) throw new Error(`not sealed: ${length}`);
    this.#datapath.receive(this.#port, packet.subarray(0, length), '127.0.0.1', 1);
  }

  get sentCount(): number {
    return this.#datapath.counters().sent;
  }

  #now(): MonotonicMs {
    return monotonicMs(performance.now());
  }

  /** A path opens when something comes by it: here a byte that could begin a STUN message. */
  #pathTo(port: number): PathHandle {
    let path: PathHandle | undefined;
    this.#datapath.onBatch((batch) => {
      path = batch.path[0] as PathHandle;
    });
    if (this.#port !== undefined) this.#datapath.receive(this.#port, Uint8Array.of(0), '127.0.0.1', port);
    this.#datapath.deliver();
    if (path === undefined) throw new Error('no path was opened');
    return path;
  }

  #openSession(sessionKeys: SessionKeys, path: PathHandle): SessionHandle {
    const session = this.#datapath.openSession(sessionKeys, path);
    if (session === undefined) throw new Error('no session was opened');
    return session;
  }
}
