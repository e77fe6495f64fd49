import { randomBytes } from 'node:crypto';
import {
  assert,
  milliseconds,
  type MonotonicMs,
  monotonicMs,
  packetSlotSize,
  type PathHandle,
  type ReceiveBatch,
  receivedKind,
  SendBatch,
  type SessionHandle,
  type TransportAddress,
  wallClockMs,
} from '@rivero/core';
import {
  type DatagramPort,
  openDatapath,
  openUdpSockets,
  type SocketDatapath,
  type UdpSockets,
} from '@rivero/datapath';
import { generateCertificate } from '@rivero/protocol/dtls';
import { LoadPeer, type LoadRole } from './load-peer.ts';

const loopbackIp = '127.0.0.1';

/** Between two looks at all peers' deadlines. */
const tick = milliseconds(20);

/** A VP8 keyframe begins every packet (RFC 7741 section 4.2): the first that comes is forwarded, and so are all others. */
const payloadStart = Uint8Array.of(0x10, 0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a);
const payloadType = 96;
/** The transport-wide sequence number: id and length of the element (RFC 8285 section 4.2), as our offers have it. */
const transportSequenceStart = 0x31;

/** A packet of media that arrived: where it is in the pool of the load's datapath. */
export type LoadHandler = (bytes: Uint8Array, offset: number, length: number) => void;

export interface LoadPeersOptions {
  /** Left out: the native one where it is built. */
  readonly datapath?: SocketDatapath;
  /** Opens the socket of each peer; left out: as a media worker does, which holds much that is not read yet. */
  readonly openSockets?: typeof openUdpSockets;
}

/**
 * Many peers of a server on this machine, each on a socket of its own, all over one datapath: a load that costs little more
 * than its packets.
 */
export class LoadPeers {
  readonly #datapath: SocketDatapath;
  readonly #openSockets: typeof openUdpSockets;
  readonly #random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  readonly #certificate = generateCertificate({ type: 'ecdsa', random: this.#random, now: wallClockMs(Date.now()) });
  readonly #batch = new SendBatch(256);
  readonly #sockets: UdpSockets[] = [];
  readonly #peers: LoadPeer[] = [];
  readonly #byPath = new Map<PathHandle, LoadPeer>();
  readonly #payloadOffset: number;
  readonly #timer: NodeJS.Timeout;
  /** Of the next packet that anybody publishes. */
  readonly #sequences = new Map<LoadPeer, number>();
  #openedPath: PathHandle | undefined;
  /** Who is given each packet of media; left out: they are counted only. */
  onPacket: LoadHandler | undefined;
  /** Packets of media that came. */
  receivedCount = 0;

  constructor(options: LoadPeersOptions = {}) {
    this.#datapath = options.datapath ?? openDatapath('auto', { slotsMax: 4_096 }).datapath;
    this.#openSockets = options.openSockets ?? openUdpSockets;
    const slot = this.#datapath.pool.take();
    this.#payloadOffset = slot * packetSlotSize;
    this.#datapath.pool.bytes.set(payloadStart, this.#payloadOffset);
    this.#datapath.onBatch((batch) => this.#handleBatch(batch));
    this.#timer = setInterval(() => this.#handleTimeout(), tick);
  }

  /** `negotiate` carries an offer to the server and answers what it answers. Resolves when SRTP keys are there. */
  async connect(role: LoadRole, sections: number, negotiate: (offer: string) => Promise<string>): Promise<LoadPeer> {
    const udp = await this.#openSockets(this.#datapath, [loopbackIp], 0);
    this.#sockets.push(udp);
    const connected = Promise.withResolvers<SessionHandle>();
    const peer = new LoadPeer({
      role,
      sections,
      datapath: this.#datapath,
      certificate: this.#certificate,
      random: this.#random,
      openPath: (server) => this.#openPath(udp.ports[0], server),
      onConnected: connected.resolve,
    });
    this.#byPath.set(peer.handleAnswer(await negotiate(peer.createOffer()), loopbackIp, this.#now()), peer);
    this.#peers.push(peer);
    const patience = setTimeout(() => connected.reject(new Error('a load peer did not connect')), 20_000);
    await connected.promise;
    clearTimeout(patience);
    return peer;
  }

  /** Publishes a packet of that payload now, with this RTP timestamp. */
  publish(peer: LoadPeer, payloadBytes: number, timestamp: number): void {
    const batch = this.#batch;
    if (peer.stream === undefined) throw new Error('who publishes is a connected publisher');
    if (batch.count === batch.capacity) this.flush();
    const index = this.#sequences.get(peer) ?? 0;
    this.#sequences.set(peer, index + 1);
    const row = batch.count++;
    batch.stream[row] = peer.stream;
    batch.payloadOffset[row] = this.#payloadOffset;
    batch.payloadLength[row] = payloadBytes;
    batch.rolloverCounter[row] = Math.floor(index / 65_536);
    batch.sequence[row] = index & 0xffff;
    batch.timestamp[row] = timestamp;
    batch.payloadType[row] = payloadType;
    batch.flags[row] = 0;
    batch.extensionOffset[row] = batch.extensionUsed;
    batch.extensionLength[row] = 3;
    batch.extensionBytes[batch.extensionUsed++] = transportSequenceStart;
    batch.extensionBytes[batch.extensionUsed++] = (index >> 8) & 0xff;
    batch.extensionBytes[batch.extensionUsed++] = index & 0xff;
  }

  /** What was published leaves. */
  flush(): void {
    this.#datapath.send(this.#batch);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#sockets.map((udp) => udp.close()));
  }

  #now(): MonotonicMs {
    return monotonicMs(performance.now());
  }

  /** A path opens when something comes by it: here a byte that could begin a STUN message. */
  #openPath(port: DatagramPort, server: TransportAddress): PathHandle {
    this.#openedPath = undefined;
    this.#datapath.receive(port, Uint8Array.of(0), server.ip, server.port);
    this.#datapath.deliver();
    assert(this.#openedPath !== undefined, 'a path was opened');
    this.#datapath.paths.pin(this.#openedPath);
    return this.#openedPath;
  }

  #handleBatch(batch: ReceiveBatch): void {
    const { bytes } = this.#datapath.pool;
    for (let row = 0; row < batch.count; row++) {
      const [kind, offset, length] = [batch.kind[row], batch.offset[row], batch.length[row]];
      if (kind === receivedKind.rtp) {
        this.receivedCount += 1;
        this.onPacket?.(bytes, offset, length);
      } else if (kind === receivedKind.datagram) {
        const path = batch.path[row] as PathHandle;
        this.#openedPath = path;
        this.#byPath.get(path)?.handleDatagram(bytes.slice(offset, offset + length), this.#now());
      }
    }
  }

  #handleTimeout(): void {
    const now = this.#now();
    for (const peer of this.#peers) if (peer.deadline() <= now) peer.handleTimeout(now);
  }
}
