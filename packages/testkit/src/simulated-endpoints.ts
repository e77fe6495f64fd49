import { assert, bitsPerSecond, type MonotonicMs, monotonicMs } from '@rivero/core';
import type { EndpointChange, EndpointDirection, EndpointOptions, EndpointSettings, MediaKind } from '@rivero/engine';
import type { EndpointCalls, EndpointMethod } from '@rivero/engine/simulation';
import { HeadlessPeer } from './peer/headless-peer.ts';
import type { ReceivedVideo } from './peer/headless-media.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { HostLinks } from './simulated-network.ts';
import { peerCertificate, type SimulatedRoom } from './simulated-room.ts';

/** An endpoint of the room, and the peer at its other end. */
export interface SimulatedEndpoint {
  readonly id: string;
  readonly peer: HeadlessPeer;
  readonly ip: string;
  /** Names of what it publishes. */
  readonly tracks: Readonly<Record<MediaKind, string>>;
}

export interface SimulatedEndpointOptions {
  readonly direction?: EndpointDirection;
  readonly links?: HostLinks;
}

/** Settings that limit nothing. */
export const plainEndpointSettings: EndpointSettings = {
  networkInterfaces: [],
  iceTcp: true,
  audioReceiveMax: bitsPerSecond(0),
  videoReceiveMax: bitsPerSecond(0),
  videoReceiveMin: bitsPerSecond(0),
  videoSendMax: bitsPerSecond(0),
  videoSendMin: bitsPerSecond(0),
};

/** The video of each endpoint's peer begins with another frame number. */
const framesPerEndpoint = 1_000_000;

/** Endpoints in the first room of a simulation, each with a peer that sends and receives sound and video. */
export class SimulatedEndpoints {
  readonly #room: SimulatedRoom;
  readonly #random: SeededRandom;
  readonly #roomId: string;
  readonly #wakes = new Map<SimulatedEndpoint, MonotonicMs>();
  #count = 0;

  constructor(room: SimulatedRoom, random: SeededRandom, roomId = 'room') {
    this.#room = room;
    this.#random = random;
    this.#roomId = roomId;
  }

  /** Opens an endpoint, whose candidates are gathered; nothing is negotiated. */
  open(id: string, { direction = 'sendrecv', links = {} }: SimulatedEndpointOptions = {}): SimulatedEndpoint {
    this.#count += 1;
    const ip = `203.0.114.${this.#count}`;
    const { network } = this.#room;
    const peer = new HeadlessPeer({
      random: this.#random,
      certificate: peerCertificate,
      address: { ip, port: 5_000 },
      hasSound: true,
      isBothWays: true,
      firstFrame: this.#count * framesPerEndpoint,
      send: (bytes, from, to) => network.send(bytes, from, to),
    });
    const endpoint = { id, peer, ip, tracks: { audio: `${id}/audio`, video: `${id}/video` } };
    const options: EndpointOptions = { type: 'webrtc', trackIds: endpoint.tracks, direction, certificate: 'ecdsa' };
    this.call({ method: 'openEndpoint', request: { ...this.#address(endpoint), options } });
    this.call({ method: 'gatherCandidates', request: this.#address(endpoint) });
    network.openHost(ip, links, (bytes, from) => {
      peer.handleDatagram(bytes, from, this.#room.simulation.now);
      this.#wakePeer(endpoint);
    });
    return endpoint;
  }

  /** The peer offers, changed by `edit`, and the endpoint answers. */
  offer(endpoint: SimulatedEndpoint, edit: (offer: string) => string = (offer) => offer): string {
    const request = { ...this.#address(endpoint), offer: edit(endpoint.peer.createOffer(0)) };
    const answer = this.call({ method: 'answerOffer', request });
    endpoint.peer.handleAnswer(answer, this.#room.simulation.now);
    this.#wakePeer(endpoint);
    return answer;
  }

  /** The endpoint offers, and the peer answers, changed by `edit`. */
  answer(endpoint: SimulatedEndpoint, edit: (answer: string) => string = (answer) => answer): string {
    const directions = { audio: 'sendrecv', video: 'sendrecv' } as const;
    const offer = this.call({ method: 'createOffer', request: { ...this.#address(endpoint), directions } });
    const answer = edit(endpoint.peer.createAnswer(offer, this.#room.simulation.now));
    this.call({ method: 'applyAnswer', request: { ...this.#address(endpoint), answer } });
    this.#wakePeer(endpoint);
    return offer;
  }

  /** Opens an endpoint whose peer offers. */
  join(id: string, options: SimulatedEndpointOptions = {}): SimulatedEndpoint {
    const endpoint = this.open(id, options);
    this.offer(endpoint);
    return endpoint;
  }

  /** What the endpoint sends from now on. */
  send(endpoint: SimulatedEndpoint, tracks: Partial<Record<MediaKind, string | undefined>>): void {
    for (const kind of ['audio', 'video'] as const) {
      if (!(kind in tracks)) continue;
      this.call({ method: 'setSource', request: { ...this.#address(endpoint), kind, trackId: tracks[kind] } });
    }
  }

  configure(endpoint: SimulatedEndpoint, settings: Partial<EndpointSettings>): void {
    const request = { ...this.#address(endpoint), settings: { ...plainEndpointSettings, ...settings } };
    this.call({ method: 'configureEndpoint', request });
  }

  statistics(endpoint: SimulatedEndpoint) {
    return this.call({ method: 'endpointStatistics', request: this.#address(endpoint) });
  }

  close(endpoint: SimulatedEndpoint): void {
    this.#wakes.delete(endpoint);
    this.call({ method: 'closeEndpoint', request: this.#address(endpoint) });
    this.#room.network.closeHost(endpoint.ip);
  }

  /** What the peer receives of a kind. */
  received({ peer }: SimulatedEndpoint, kind: MediaKind): ReceivedVideo {
    const found = [...peer.received].find(([track]) => track.endsWith(`-${kind}`));
    assert(found !== undefined, `no ${kind} was negotiated`);
    return found[1];
  }

  /** What happened at it, in order. */
  changes({ id }: SimulatedEndpoint): readonly EndpointChange[] {
    return this.#room
      .endpointEvents()
      .flatMap((event) => (event.type === 'endpoint' && event.endpointId === id ? [event.change] : []));
  }

  /** Any request to the media plane. */
  call<Method extends EndpointMethod>(call: {
    readonly method: Method;
    readonly request: EndpointCalls[Method]['request'];
  }): EndpointCalls[Method]['answer'] {
    const answer = this.#room.planes.callEndpoint(call, this.#room.simulation.now);
    this.#room.wakeServer();
    return answer;
  }

  #address({ id }: Pick<SimulatedEndpoint, 'id'>): { readonly roomId: string; readonly endpointId: string } {
    return { roomId: this.#roomId, endpointId: id };
  }

  #wakePeer(endpoint: SimulatedEndpoint): void {
    const deadline = endpoint.peer.deadline();
    const armed = this.#wakes.get(endpoint) ?? monotonicMs(Number.POSITIVE_INFINITY);
    if (deadline >= armed || deadline === Number.POSITIVE_INFINITY) return;
    this.#wakes.set(endpoint, deadline);
    this.#room.simulation.at(deadline, () => {
      // Closed, or woken earlier.
      if (this.#wakes.get(endpoint) !== deadline) return;
      this.#wakes.delete(endpoint);
      endpoint.peer.handleTimeout(this.#room.simulation.now);
      this.#wakePeer(endpoint);
    });
  }
}
