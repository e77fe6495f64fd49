import { createHash } from 'node:crypto';
import { type MonotonicMs, monotonicMs, type TransportAddress, wallClockMs } from '@rivero/core';
import { type DatagramPort, TwinDatapath } from '@rivero/datapath';
import type { PeerState, SectionsNeeded } from '@rivero/engine';
import { MediaPlane, type MediaPlaneEvent } from '@rivero/engine/simulation';
import { type DtlsCertificate, generateCertificate } from '@rivero/protocol/dtls';
import { hostCandidates } from '@rivero/protocol/ice';
import { HeadlessPeer } from './peer/headless-peer.ts';
import { SeededRandom } from './seeded-random.ts';
import { type HostLinks, SimulatedNetwork } from './simulated-network.ts';
import { SimulatedPlanes } from './simulated-planes.ts';
import { Simulation } from './simulation.ts';

/** Of the first worker; those of the others follow it. */
const serverAddress: TransportAddress = { ip: '198.51.100.1', port: 40_000 };
const firstRoomId = 'room';

/** Keys are not seeded: node:crypto makes them. Everything that shapes a scenario is. */
function certificate(name: string): DtlsCertificate {
  const random = (length: number): Uint8Array =>
    new Uint8Array(createHash('sha512').update(name).digest()).subarray(0, length);
  return generateCertificate({ type: 'ecdsa', random, now: wallClockMs(Date.UTC(2030, 0)) });
}

const serverCertificate = certificate('server');
/** All peers have the same. */
export const peerCertificate = certificate('peer');

/** A peer in the room, with its address. */
export interface SimulatedPeer {
  readonly id: string;
  readonly peer: HeadlessPeer;
  readonly ip: string;
  readonly roomId: string;
  /** What becomes of each of its offers. */
  readonly editOffer: (offer: string) => string;
}

/** How a peer joins. */
export interface JoinOptions {
  readonly roomId?: string;
  readonly hasSound?: boolean;
  readonly editOffer?: (offer: string) => string;
}

export type EndpointEvent = MediaPlaneEvent & { readonly type: 'endpoint' | 'track-flow' | 'track-changed' };

/** Rooms on a real media plane and datapath, with headless peers around it, on the simulated network and clock. */
export class SimulatedRoom {
  readonly simulation = new Simulation();
  readonly network: SimulatedNetwork;
  /** Of the first worker. */
  readonly datapath: TwinDatapath;
  readonly plane: MediaPlane;
  /** Of all workers. */
  readonly planes: SimulatedPlanes;
  readonly #random: SeededRandom;
  readonly #inject: (bytes: Uint8Array, from: TransportAddress) => void;
  readonly #peers = new Map<string, SimulatedPeer>();
  readonly #states = new Map<string, readonly PeerState[]>();
  /** Whose video each peer does not want for now. */
  readonly #paused = new Map<SimulatedPeer, readonly SimulatedPeer[]>();
  /** Of each room. */
  readonly #speakers = new Map<string, readonly string[]>();
  readonly #endpointEvents: EndpointEvent[] = [];
  readonly #peerWakes = new Map<string, MonotonicMs>();
  #wakeAt = monotonicMs(Number.POSITIVE_INFINITY);
  #joinCount = 0;

  /** `lateShare`: how often a worker does not look at its links when it could. */
  constructor(seed: number, workers = 1, lateShare = 0) {
    this.#random = new SeededRandom(seed);
    this.network = new SimulatedNetwork(this.simulation, this.#random);
    const all = Array.from({ length: workers }, (_, index) => this.#openWorker(index));
    const [{ plane, datapath, receive }] = all;
    this.plane = plane;
    this.datapath = datapath;
    this.#inject = receive;
    const late = new SeededRandom(seed);
    this.planes = new SimulatedPlanes(
      all.map((worker) => worker.plane),
      () => late.happens(lateShare),
    );
    this.planes.openRoom(firstRoomId, this.simulation.now);
  }

  /** The server receives this now, from whatever address the sender claims. */
  inject(bytes: Uint8Array, from: TransportAddress): void {
    this.#inject(bytes, from);
  }

  /** A media plane with an address of its own. */
  #openWorker(index: number) {
    const address = { ...serverAddress, ip: `198.51.100.${1 + index}` };
    const datapath = new TwinDatapath({ slotsMax: 4_096 });
    const port: DatagramPort = {
      local: address,
      send: (bytes, length, remote) => {
        this.network.send(bytes.subarray(0, length), address, remote);
        return false;
      },
      isCongested: () => false,
    };
    const plane = new MediaPlane({
      datapath,
      certificate: serverCertificate,
      random: this.#random.bytes,
      candidates: hostCandidates({ addresses: [address.ip], externalAddresses: [], udpPort: address.port }),
    });
    datapath.onBatch((batch) => plane.handleBatch(batch, this.simulation.now));
    const receive = (bytes: Uint8Array, from: TransportAddress): void => {
      datapath.receive(port, bytes, from.ip, from.port);
      datapath.deliver();
      this.planes.exchange(this.simulation.now);
      this.#wakeServer();
    };
    this.network.openHost(address.ip, {}, receive);
    return { plane, datapath, receive };
  }

  get peers(): readonly SimulatedPeer[] {
    return [...this.#peers.values()];
  }

  /** The states that each peer's connection went through, as the media plane told them. */
  peerStates(): ReadonlyMap<string, readonly PeerState[]> {
    this.#takeEvents();
    return this.#states;
  }

  /** Tracks of those who speak in the first room, as the media plane told them last. */
  speakers(): readonly string[] {
    this.#takeEvents();
    return this.#speakers.get(firstRoomId) ?? [];
  }

  /** What happened at endpoints, as the media plane told it. */
  endpointEvents(): readonly EndpointEvent[] {
    this.#takeEvents();
    return this.#endpointEvents;
  }

  #takeEvents(): void {
    for (let event = this.planes.pollEvent(); event !== undefined; event = this.planes.pollEvent()) {
      if (event.type === 'bug') throw event.error;
      if (event.type === 'speakers') this.#speakers.set(event.roomId, event.trackIds);
      if (event.type === 'endpoint' || event.type === 'track-flow' || event.type === 'track-changed')
        this.#endpointEvents.push(event);
      if (event.type !== 'peer-state') continue;
      const { peerId, state } = event;
      this.#states.set(peerId, [...(this.#states.get(peerId) ?? []), state]);
    }
  }

  /** After the media plane was asked for something from outside. */
  wakeServer(): void {
    this.#wakeServer();
  }

  /** Somebody comes in and receives everybody else; everybody else receives it. */
  join(
    id: string,
    links: HostLinks = {},
    { roomId = firstRoomId, hasSound = false, editOffer = (offer) => offer }: JoinOptions = {},
  ): SimulatedPeer {
    this.#joinCount += 1;
    const ip = `203.0.113.${this.#joinCount}`;
    const peer = new HeadlessPeer({
      random: this.#random,
      certificate: peerCertificate,
      address: { ip, port: 5_000 },
      hasSound,
      send: (bytes, from, to) => this.network.send(bytes, from, to),
    });
    const joined = { id, peer, ip, roomId, editOffer };
    this.#peers.set(id, joined);
    this.#openHost(joined, ip, links);
    this.planes.openPeer(roomId, id);
    this.#renegotiate(joined);
    for (const other of this.#othersOf(joined)) this.#renegotiate(other);
    return joined;
  }

  /** Another network of the same peer, from which it goes on. */
  move(joined: SimulatedPeer, ip: string, links: HostLinks = {}): void {
    this.network.closeHost(joined.ip);
    this.#openHost(joined, ip, links);
    joined.peer.moveTo({ ip, port: 6_000 }, this.simulation.now);
    this.#wakePeer(joined);
  }

  leave(id: string): void {
    const left = this.#peers.get(id);
    if (left === undefined) return;
    this.#peers.delete(id);
    this.#peerWakes.delete(id);
    this.planes.closePeer(left.roomId, id, this.simulation.now);
    this.network.closeHost(left.ip);
    this.#wakeServer();
  }

  /** From now on the viewer wants the video of all but these. */
  pause(viewer: SimulatedPeer, publishers: readonly SimulatedPeer[]): void {
    this.#paused.set(viewer, publishers);
    this.#subscribe(viewer);
    this.#wakeServer();
  }

  /** Offers again, with whatever `edit` makes of the offer. */
  reoffer(joined: SimulatedPeer, edit: (offer: string) => string): void {
    this.#renegotiate(joined, edit);
  }

  #othersOf(joined: SimulatedPeer): readonly SimulatedPeer[] {
    return this.peers.filter((other) => other !== joined && other.roomId === joined.roomId);
  }

  #openHost(joined: SimulatedPeer, ip: string, links: HostLinks): void {
    this.network.openHost(ip, links, (bytes, from) => {
      joined.peer.handleDatagram(bytes, from, this.simulation.now);
      this.#wakePeer(joined);
    });
  }

  #renegotiate(joined: SimulatedPeer, edit = joined.editOffer): void {
    const { roomId } = joined;
    const needed = this.#subscribe(joined);
    const offer = edit(joined.peer.createOffer(needed.video));
    const { tracks, sound } = joined.peer;
    const request = { offer, tracks, voiceTrackId: sound?.trackId };
    const { answer } = this.planes.negotiate(roomId, joined.id, request, this.simulation.now);
    joined.peer.handleAnswer(answer, this.simulation.now);
    this.#wakeServer();
    this.#wakePeer(joined);
  }

  #subscribe(joined: SimulatedPeer): SectionsNeeded {
    const trackIds = this.#othersOf(joined).map(({ peer }) => peer.trackId);
    const pausedTrackIds = (this.#paused.get(joined) ?? []).map(({ peer }) => peer.trackId);
    return this.planes.subscribe(joined.roomId, joined.id, { trackIds, pausedTrackIds }, this.simulation.now);
  }

  #wakeServer(): void {
    const deadline = this.planes.deadline();
    if (deadline >= this.#wakeAt) return;
    this.#wakeAt = deadline;
    this.#at(deadline, () => {
      if (this.#wakeAt > this.simulation.now) return;
      this.#wakeAt = monotonicMs(Number.POSITIVE_INFINITY);
      this.planes.handleTimeout(this.simulation.now);
      this.#wakeServer();
    });
  }

  #wakePeer(joined: SimulatedPeer): void {
    const deadline = joined.peer.deadline();
    const armed = this.#peerWakes.get(joined.id);
    if (armed !== undefined && deadline >= armed) return;
    this.#peerWakes.set(joined.id, deadline);
    this.#at(deadline, () => {
      if (this.#peers.get(joined.id) !== joined || this.#peerWakes.get(joined.id) !== deadline) return;
      this.#peerWakes.delete(joined.id);
      joined.peer.handleTimeout(this.simulation.now);
      this.#wakePeer(joined);
    });
  }

  #at(deadline: MonotonicMs, run: () => void): void {
    if (deadline !== Number.POSITIVE_INFINITY) this.simulation.at(deadline, run);
  }
}
