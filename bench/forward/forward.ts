import { createSecretKey, randomBytes } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type MonotonicMs, monotonicMs, type PathHandle, SendBatch, type SessionHandle } from '@rivero/core';
import { openDatapath, openUdpSockets, type SessionKeys, type SocketDatapath } from '@rivero/datapath';
import { SrtpSender } from '@rivero/protocol/srtp';
import { Router, type RouterSessionId } from '@rivero/router';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { Floor } from './floor.ts';

const receivers = 100;
const packetBytes = 1_200;
const packetsPerRound = 300;
const rounds = 15;
const ratioMax = 1.3;
const payloadType = 96;
const ssrc = 1234;

const noFeedback = { nack: true, pli: true, fir: false, transportCc: false };
const codec = { name: 'VP8', clockRate: 90_000, payloadType };

function keys(): SessionKeys {
  const key = (): Uint8Array => new Uint8Array(randomBytes(16));
  const salt = (): Uint8Array => new Uint8Array(randomBytes(12));
  return { profile: 'AEAD_AES_128_GCM', localKey: key(), localSalt: salt(), remoteKey: key(), remoteSalt: salt() };
}

/** Receivers in a process of their own, which never reads. */
async function openReceivers(): Promise<{ readonly sink: ChildProcess; readonly ports: readonly number[] }> {
  const file = fileURLToPath(new URL('sink.ts', import.meta.url));
  const sink = spawn(process.execPath, [file, String(receivers)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: sink.stdout }), 'line');
  return { sink, ports: JSON.parse(String(line)) };
}

/** One publisher and its receivers on the real router and datapath; packets enter sealed, as from the wire. */
class Rivero {
  readonly #datapath = openDatapath((process.env['DP'] ?? 'auto') as 'auto').datapath;
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

  constructor() {
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

  /** One packet of the publisher arrives and is forwarded to everybody. */
  forwardOne(): void {
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
    this.#datapath.deliver();
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

/** CPU time of this process, user and system, in microseconds, that `work` takes a packet sent. */
async function cpuPerPacket(work: () => void): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < packetsPerRound; i++) {
    work();
    await new Promise((resolve) => void setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (packetsPerRound * receivers);
}

/** CPU per forwarded packet, one publisher to a hundred receivers, against the floor in the same run. */
export const forward: Benchmark = {
  name: 'forward',
  sentence: `forwards ${packetBytes}-byte packets 1 → ${receivers}, ${rounds} rounds by turns with the floor`,
  run: async () => {
    const { sink, ports } = await openReceivers();
    const socket = createSocket({ type: 'udp4', lookup: (address, _options, callback) => callback(null, address, 4) });
    // Without a resolver the socket listens at once.
    const listening = once(socket, 'listening');
    socket.bind(0, '127.0.0.1');
    await listening;
    const floor = new Floor(
      socket,
      ports.map((port) => ({ key: createSecretKey(randomBytes(16)), port })),
      new Uint8Array(packetBytes),
    );
    const rivero = new Rivero();
    const udp = await rivero.open(ports);
    const floorTimes: number[] = [];
    const ownTimes: number[] = [];
    for (let round = 0; round < rounds + 2; round++) {
      const floorTime = await cpuPerPacket(() => floor.sendToAll());
      const sentBefore = rivero.sentCount;
      const ownTime = await cpuPerPacket(() => rivero.forwardOne());
      const sent = rivero.sentCount - sentBefore;
      if (sent !== packetsPerRound * receivers) throw new Error(`${sent} packets were sent instead of all`);
      // The first rounds warm up.
      if (round < 2) continue;
      floorTimes.push(floorTime);
      ownTimes.push(ownTime);
    }
    await udp.close();
    socket.close();
    sink.kill('SIGKILL');
    const ratios = ownTimes.map((time, i) => time / floorTimes[i]);
    const rounded = (value: number): number => Math.round(value * 100) / 100;
    return {
      what: 'CPU per forwarded packet against the floor, median',
      measured: rounded(median(ratios)),
      limit: ratioMax,
      unit: '× floor',
      details: {
        receivers,
        packetBytes,
        floorMicroseconds: rounded(median(floorTimes)),
        microseconds: rounded(median(ownTimes)),
        least: rounded(Math.min(...ratios)),
        most: rounded(Math.max(...ratios)),
      },
    };
  },
};
