import { createHash } from 'node:crypto';
import {
  formatTransportAddress,
  type MonotonicMs,
  monotonicMs,
  type RandomBytes,
  type TransportAddress,
  wallClockMs,
} from '@rivero/core';
import { type DatagramPort, TwinDatapath } from '@rivero/datapath';
import { generateCertificate } from '@rivero/protocol/dtls';
import { Transport, type TransportEvent, type TransportHandlers, type TransportSession } from '../src/index.ts';
import { RemotePeer } from './remote-peer.ts';

/** The same bytes in every run of a test. */
function seededRandom(seed: string): RandomBytes {
  let count = 0;
  return (length) =>
    new Uint8Array(createHash('shake256', { outputLength: length }).update(`${seed} ${count++}`).digest());
}

const now = wallClockMs(Date.UTC(2030, 0));
const certificates = {
  server: generateCertificate({ type: 'ecdsa', random: seededRandom('server'), now }),
  peer: generateCertificate({ type: 'ecdsa', random: seededRandom('peer'), now }),
  stranger: generateCertificate({ type: 'ecdsa', random: seededRandom('stranger'), now }),
};

interface JoinOptions {
  readonly certificate?: 'peer' | 'stranger';
  /** Called before the peer begins to check. */
  readonly onOpen?: (session: TransportSession) => void;
}

const receiverReport = Uint8Array.from([0x80, 201, 0, 1, 0, 0, 0, 9]);

interface Flying {
  readonly bytes: Uint8Array;
  readonly address: TransportAddress;
  readonly isFromServer: boolean;
}

/** A transport on the twin datapath, peers around it, a network without delay, and a hand-turned clock. */
export class Scene {
  readonly datapath = new TwinDatapath({ slotsMax: 64 });
  readonly transport: Transport;
  readonly events: TransportEvent[] = [];
  readonly rtp: TransportSession[] = [];
  /** Where each SRTP and SRTCP packet of the server went. */
  readonly mediaSentTo: TransportAddress[] = [];
  now: MonotonicMs = monotonicMs(0);
  onRtp: (session: TransportSession) => void = (session) => void this.rtp.push(session);
  readonly peers: RemotePeer[] = [];
  readonly #peers = new Map<string, RemotePeer>();
  readonly #flying: Flying[] = [];
  readonly #port: DatagramPort;

  constructor() {
    this.#port = {
      local: { ip: '192.0.2.1', port: 40_000 },
      send: (bytes, length, address) => {
        this.#flying.push({ bytes: new Uint8Array(bytes.subarray(0, length)), address, isFromServer: true });
        return false;
      },
      isCongested: () => false,
    };
    const handlers: TransportHandlers = { onRtp: (session) => this.onRtp(session), onRtcp: () => {} };
    const { server: certificate } = certificates;
    this.transport = new Transport({ datapath: this.datapath, certificate, random: seededRandom('scene'), handlers });
    this.datapath.onBatch((batch) => this.transport.handleBatch(batch, this.now));
  }

  /** A session and its peer, which has heard of each other. */
  join(options: JoinOptions = {}): { peer: RemotePeer; session: TransportSession } {
    const number = this.peers.length + 1;
    const address = { ip: `203.0.113.${number}`, port: 5_000 };
    const peer = new RemotePeer({
      random: seededRandom(`peer ${number}`),
      certificate: certificates[options.certificate ?? 'peer'],
      address,
      send: (bytes, from) => this.sendFrom(from, bytes),
    });
    this.peers.push(peer);
    this.#peers.set(formatTransportAddress(address), peer);
    const session = this.transport.openSession();
    const fingerprints = [certificates.peer.fingerprint];
    this.transport.run(session, () => session.setRemote({ ice: peer.ice, fingerprints, dtlsRole: 'server' }, this.now));
    options.onOpen?.(session);
    peer.start(session, certificates.server, this.now);
    this.settle();
    return { peer, session };
  }

  /** The peer goes on from another address. */
  move(peer: RemotePeer, address: TransportAddress): void {
    this.#peers.set(formatTransportAddress(address), peer);
    peer.moveTo(address, this.now);
    this.settle();
  }

  /** Bytes that somebody sends to the server. */
  sendFrom(address: TransportAddress, bytes: Uint8Array): void {
    this.#flying.push({ bytes: bytes.slice(), address, isFromServer: false });
  }

  /** Sends one packet of media to the peer; answers where it went. */
  sendMedia(session: TransportSession): TransportAddress | undefined {
    this.mediaSentTo.length = 0;
    if (session.handle !== undefined) this.datapath.sendRtcp(session.handle, receiverReport);
    this.settle();
    return this.mediaSentTo[0];
  }

  /** Carries datagrams until none flies. */
  settle(): void {
    for (let flying = this.#flying.shift(); flying !== undefined; flying = this.#flying.shift()) {
      const { bytes, address, isFromServer } = flying;
      if (isFromServer) {
        if (bytes[0] >= 128) this.mediaSentTo.push(address);
        const peer = this.#peers.get(formatTransportAddress(address));
        peer?.handleDatagram(bytes, address, this.#port.local, this.now);
      } else {
        this.datapath.receive(this.#port, bytes, address.ip, address.port);
        this.datapath.deliver();
      }
    }
    for (let event = this.transport.pollEvent(); event !== undefined; event = this.transport.pollEvent())
      this.events.push(event);
  }

  /** Turns the clock; peers in `awake` keep checking. */
  run(spanMs: number, awake: readonly RemotePeer[] = []): void {
    const end = this.now + spanMs;
    while (this.now < end) {
      this.now = monotonicMs(Math.min(end, this.now + 50));
      for (const peer of awake) peer.handleTimeout(this.now);
      this.transport.handleTimeout(this.now);
      this.settle();
    }
  }

  /** The states that a session went through, with the reason of the last. */
  states(session: TransportSession): readonly string[] {
    return this.events.flatMap((event) =>
      event.session === session && event.type === 'state' ? [event.failure ?? event.state] : [],
    );
  }
}
