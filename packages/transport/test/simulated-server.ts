import { createHash } from 'node:crypto';
import {
  assert,
  type MonotonicMs,
  never,
  packetSlotSize,
  SendBatch,
  type StreamHandle,
  type TransportAddress,
  wallClockMs,
} from '@rivero/core';
import { type DatagramPort, TwinDatapath } from '@rivero/datapath';
import { type DtlsCertificate, generateCertificate } from '@rivero/protocol/dtls';
import { hostCandidates, type IceCandidate } from '@rivero/protocol/ice';
import type { HostLinks, SeededRandom, SimulatedNetwork, Simulation } from '@rivero/testkit';
import { Transport, type TransportEvent, type TransportSession } from '../src/index.ts';

export interface SimulatedServerOptions {
  readonly simulation: Simulation;
  readonly network: SimulatedNetwork;
  readonly random: SeededRandom;
  /** One socket on each. */
  readonly ips: readonly string[];
  readonly links?: HostLinks;
}

const mediaPort = 40_000;
const now = wallClockMs(Date.UTC(2030, 0));
const made = new Map<string, DtlsCertificate>();

/** A certificate by kind and name, made once, since RSA keys take long. */
export function certificate(type: 'ecdsa' | 'rsa', name: string): DtlsCertificate {
  const random = (length: number): Uint8Array =>
    new Uint8Array(createHash('shake256', { outputLength: length }).update(name).digest());
  const known = made.get(`${type} ${name}`) ?? generateCertificate({ type, random, now });
  made.set(`${type} ${name}`, known);
  return known;
}

/** A whole transport with its datapath in the simulated network; any number of sessions. */
export class SimulatedServer {
  readonly datapath = new TwinDatapath({ slotsMax: 256 });
  readonly transport: Transport;
  readonly candidates: readonly IceCandidate[];
  readonly events: TransportEvent[] = [];
  /** Payloads of RTP, as they came. */
  readonly received = new Map<TransportSession, string[]>();
  readonly #simulation: Simulation;
  readonly #streams = new Map<TransportSession, StreamHandle>();
  #sequence = 0;
  #wakeAt: MonotonicMs = never;

  constructor({ simulation, network, random, ips, links = {} }: SimulatedServerOptions) {
    this.#simulation = simulation;
    this.candidates = hostCandidates({ addresses: ips, externalAddresses: [], udpPort: mediaPort });
    this.transport = new Transport({
      datapath: this.datapath,
      certificate: certificate('ecdsa', ips[0]),
      random: random.bytes,
      handlers: {
        onRtp: (session, batch, row) => {
          const from = batch.offset[row] + 12;
          const payload = this.datapath.pool.bytes.subarray(from, batch.offset[row] + batch.length[row]);
          this.received.set(session, [...(this.received.get(session) ?? []), Buffer.from(payload).toString()]);
        },
        onRtcp: () => {},
      },
    });
    this.datapath.onBatch((batch) => this.transport.handleBatch(batch, simulation.now));
    for (const ip of ips) {
      const local = { ip, port: mediaPort };
      const port: DatagramPort = {
        local,
        send: (bytes, length, remote) => {
          network.send(bytes.subarray(0, length), local, remote);
          return false;
        },
        isCongested: () => false,
      };
      this.datapath.paths.addPort(port);
      network.openHost(ip, links, (bytes, from) => this.receive(port, bytes, from));
    }
  }

  receive(port: DatagramPort, bytes: Uint8Array, from: TransportAddress): void {
    this.datapath.receive(port, bytes, from.ip, from.port);
    this.datapath.deliver();
    this.settle();
  }

  /** Runs something of one session, and what comes of it. */
  run(session: TransportSession, action: (now: MonotonicMs) => void): void {
    this.transport.run(session, () => action(this.#simulation.now));
    this.settle();
  }

  close(session: TransportSession): void {
    this.transport.closeSession(session);
    this.settle();
  }

  /** One RTP packet with this payload. */
  sendRtp(session: TransportSession, text: string): void {
    const { handle } = session;
    assert(handle !== undefined, 'the session has keys');
    const stream =
      this.#streams.get(session) ??
      this.datapath.openStream({ session: handle, ssrc: 7, extensionElements: new Uint8Array(0), resendMax: 0 });
    assert(stream !== undefined, 'there is room for a stream');
    this.#streams.set(session, stream);
    const batch = new SendBatch(1);
    const slot = this.datapath.pool.take();
    const payload = Buffer.from(text);
    this.datapath.pool.bytes.set(payload, slot * packetSlotSize);
    batch.count = 1;
    batch.stream[0] = stream;
    batch.payloadOffset[0] = slot * packetSlotSize;
    batch.payloadLength[0] = payload.length;
    batch.sequence[0] = ++this.#sequence;
    batch.payloadType[0] = 96;
    this.datapath.send(batch);
    this.datapath.pool.release(slot);
  }

  /** What happened to a session: `ice connected`, `dtls connecting`, `pair`, its states, and their reasons. */
  told(session: TransportSession): readonly string[] {
    return this.events.flatMap((event) => {
      if (event.session !== session) return [];
      switch (event.type) {
        case 'ice-state':
          return [`ice ${event.state}`];
        case 'dtls-state':
          return [`dtls ${event.state}`];
        case 'pair-selected':
          return ['pair'];
        case 'state':
          return [event.failure ?? event.state];
        case 'connected':
        case 'bug':
          return [event.type === 'bug' ? String(event.error) : 'keys'];
      }
    });
  }

  settle(): void {
    for (let event = this.transport.pollEvent(); event !== undefined; event = this.transport.pollEvent())
      this.events.push(event);
    const deadline = this.transport.deadline();
    if (deadline >= this.#wakeAt || deadline === never) return;
    this.#wakeAt = deadline;
    this.#simulation.at(deadline, () => {
      if (this.#wakeAt > this.#simulation.now) return;
      this.#wakeAt = never;
      this.transport.handleTimeout(this.#simulation.now);
      this.settle();
    });
  }
}
