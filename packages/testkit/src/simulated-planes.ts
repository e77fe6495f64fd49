import { MessageChannel } from 'node:worker_threads';
import { assert, earliestOf, type MonotonicMs } from '@rivero/core';
import type { NegotiateAnswer, NegotiateRequest, RoomStatistics, SectionsNeeded } from '@rivero/engine';
import {
  type EndpointCalls,
  type EndpointMethod,
  makeRingMemory,
  type MediaPlane,
  type MediaPlaneEvent,
} from '@rivero/engine/simulation';

/** What one plane tells another may lead to an answer, and that to another one; no more than that. */
const exchangesMax = 6;

/**
 * The media planes of several workers, linked as an engine links them, in one thread and on one clock. Every room is in all of
 * them, the first is its home, and each peer and each endpoint is in the next one.
 */
export class SimulatedPlanes {
  readonly #planes: readonly MediaPlane[];
  readonly #isLate: () => boolean;
  readonly #seats = new Map<string, MediaPlane>();
  #roomCount = 0;
  #seatCount = 0;

  /** `isLate`: a plane does not look at its links this time, unless it is asked for something. */
  constructor(planes: readonly MediaPlane[], isLate: () => boolean) {
    this.#planes = planes;
    this.#isLate = isLate;
    for (const [one, first] of planes.entries()) {
      for (const [other, second] of planes.entries()) {
        if (other <= one) continue;
        const { port1, port2 } = new MessageChannel();
        const [there, back] = [makeRingMemory(), makeRingMemory()];
        const number = one * planes.length + other;
        first.links.open({ number, worker: other, port: port1, outgoing: there, incoming: back });
        second.links.open({ number, worker: one, port: port2, outgoing: back, incoming: there });
      }
    }
  }

  openRoom(roomId: string, now: MonotonicMs): void {
    this.#roomCount += 1;
    const [only] = this.#planes;
    if (this.#planes.length === 1) return only.openRoom(roomId);
    for (const [index, plane] of this.#planes.entries())
      plane.openRoom(roomId, { number: this.#roomCount, isHome: index === 0 });
    for (const [one, plane] of this.#planes.entries())
      for (const other of this.#planes.keys()) if (other !== one) plane.addBranch(roomId, other, now);
  }

  openPeer(roomId: string, peerId: string): void {
    this.#sit(`${roomId}/${peerId}`).openPeer(roomId, peerId);
  }

  closePeer(roomId: string, peerId: string, now: MonotonicMs): void {
    this.#ask(`${roomId}/${peerId}`, now, (plane) => plane.closePeer(roomId, peerId, now));
  }

  negotiate(roomId: string, peerId: string, request: NegotiateRequest, now: MonotonicMs): NegotiateAnswer {
    return this.#ask(`${roomId}/${peerId}`, now, (plane) => plane.negotiate(roomId, peerId, request, now));
  }

  subscribe(
    roomId: string,
    peerId: string,
    request: Parameters<MediaPlane['subscribe']>[2],
    now: MonotonicMs,
  ): SectionsNeeded {
    return this.#ask(`${roomId}/${peerId}`, now, (plane) => plane.subscribe(roomId, peerId, request, now));
  }

  callEndpoint<Method extends EndpointMethod>(
    call: { readonly method: Method; readonly request: EndpointCalls[Method]['request'] },
    now: MonotonicMs,
  ): EndpointCalls[Method]['answer'] {
    const { request } = call;
    if (!('endpointId' in request)) return this.#planes[0].callEndpoint(call, now);
    const seat = `${request.roomId}/${request.endpointId}`;
    if (call.method === 'openEndpoint') this.#sit(seat);
    return this.#ask(seat, now, (plane) => plane.callEndpoint(call, now));
  }

  statistics(roomId: string, now: MonotonicMs): readonly RoomStatistics[] {
    return this.#planes.map((plane) => plane.statistics(roomId, now));
  }

  /** What the planes told and sent each other reaches them. */
  exchange(now: MonotonicMs): void {
    if (this.#planes.length === 1) return;
    for (let i = 0; i < exchangesMax; i++)
      for (const plane of this.#planes) if (!this.#isLate()) plane.handleLinks(now);
  }

  handleTimeout(now: MonotonicMs): void {
    for (const plane of this.#planes) if (plane.deadline() <= now) plane.handleTimeout(now);
    this.exchange(now);
  }

  deadline(): MonotonicMs {
    return earliestOf(this.#planes.map((plane) => plane.deadline()));
  }

  /** Who speaks is told by the home alone. */
  pollEvent(): MediaPlaneEvent | undefined {
    for (const plane of this.#planes) {
      for (let event = plane.pollEvent(); event !== undefined; event = plane.pollEvent())
        if (event.type !== 'speakers' || plane === this.#planes[0]) return event;
    }
    return undefined;
  }

  #sit(seat: string): MediaPlane {
    const plane = this.#planes[this.#seatCount % this.#planes.length];
    this.#seatCount += 1;
    this.#seats.set(seat, plane);
    return plane;
  }

  #ask<Answer>(seat: string, now: MonotonicMs, ask: (plane: MediaPlane) => Answer): Answer {
    const plane = this.#seats.get(seat) ?? this.#planes[0];
    assert(plane !== undefined, 'there is a plane');
    this.exchange(now);
    if (this.#planes.length > 1) plane.handleLinks(now);
    const answer = ask(plane);
    this.exchange(now);
    return answer;
  }
}
