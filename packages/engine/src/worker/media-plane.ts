import {
  CodedError,
  Deadlines,
  earliest,
  type MonotonicMs,
  type PathHandle,
  type RandomBytes,
  type ReceiveBatch,
  receivedKind,
  type SessionHandle,
  Touched,
} from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import type { DtlsCertificate } from '@rivero/protocol/dtls';
import type { IceCandidate } from '@rivero/protocol/ice';
import type { RouterSessionId, RouterSink } from '@rivero/router';
import { type SessionState, Transport, type TransportEvent, type TransportSession } from '@rivero/transport';
import type {
  NegotiateAnswer,
  NegotiateRequest,
  RoomStatistics,
  SectionsNeeded,
  SubscribeRequest,
} from '../contract.ts';
import type { EndpointSettings } from '../endpoint-contract.ts';
import { CountSums } from './count-sums.ts';
import { datapathSink } from './datapath-sink.ts';
import { answerEndpointCall } from './endpoint/answer-endpoint-call.ts';
import type { EndpointSurroundings, RtpSurroundings } from './endpoint/room-endpoints.ts';
import { RtpPlaces } from './endpoint/rtp-places.ts';
import type { MediaPeer } from './media-peer.ts';
import type { MediaPlaneEvent } from './media-plane-event.ts';
import { MediaRoom } from './media-room.ts';
import type { NatServers } from './nat-servers.ts';
import { nameOf, type Place, routerSessionOf } from './session-place.ts';
import type { EndpointAddress, EndpointCalls, EndpointMethod } from './worker-protocol.ts';

export interface MediaPlaneOptions {
  readonly datapath: Datapath;
  readonly certificate: DtlsCertificate;
  readonly random: RandomBytes;
  readonly candidates: readonly IceCandidate[];
  /** Of endpoints; left out: the same as all others. */
  readonly endpointCertificate?: (type: 'rsa' | 'ecdsa') => DtlsCertificate;
  /** Left out: no endpoints without ICE. */
  readonly rtp?: Pick<RtpSurroundings, 'openPorts' | 'address'>;
  /** Left out: no STUN and TURN servers are asked. */
  readonly servers?: Pick<NatServers, 'surroundings' | 'handleResponse'>;
  readonly endpointCandidates?: (settings: EndpointSettings | undefined) => readonly IceCandidate[];
}

/** Rooms of one worker. */
export const roomsMax = 10_000;

/**
 * Everything of a media worker but its sockets and clock: rooms over one transport over one datapath. It is told
 * requests, batches and time, and asked for events. A bug in a room's router ends that room; the others go on.
 */
export class MediaPlane {
  readonly #options: MediaPlaneOptions;
  readonly #transport: Transport;
  readonly #sink: RouterSink;
  readonly #rooms = new Map<string, MediaRoom>();
  readonly #places = new Map<TransportSession, Place>();
  readonly #rtpPlaces = new RtpPlaces<MediaRoom>();
  /** Rooms whose router was told something since their deadlines were last asked for. */
  readonly #touched = new Touched<MediaRoom>();
  readonly #deadlines = new Deadlines<MediaRoom>();
  readonly #events: MediaPlaneEvent[] = [];
  /** The packet in hand, filled again for each. */
  readonly #packet = { slot: 0, offset: 0, length: 0 };
  /** What the sessions counted that are closed. */
  readonly #closedCounts = new CountSums();

  constructor(options: MediaPlaneOptions) {
    this.#options = options;
    const { datapath, certificate, random } = options;
    this.#sink = datapathSink(datapath);
    this.#transport = new Transport({
      datapath,
      certificate,
      random,
      handlers: {
        onRtp: (session, received, row, now) => this.#handleRtp(session, received, row, now),
        onRtcp: (session, received, row, now) => this.#handleRtcp(session, received, row, now),
        onOther: (handle, received, row, now) => this.#handleOther(handle, received, row, now),
        onResponse: (bytes, path, now) => options.servers?.handleResponse(bytes, path, now) ?? false,
      },
    });
  }

  openRoom(roomId: string): void {
    if (this.#rooms.has(roomId)) throw new CodedError('room-exists', 'A room of this name is open.', { roomId });
    if (this.#rooms.size >= roomsMax)
      throw new CodedError('worker-full', 'This server has as many rooms as it can hold.');
    const { datapath, random, candidates, certificate } = this.#options;
    const room: MediaRoom = new MediaRoom({
      id: roomId,
      pool: datapath.pool,
      sink: this.#sink,
      random,
      transport: this.#transport,
      candidates,
      fingerprint: certificate.fingerprint,
      surroundings: this.#surroundings(() => room),
      onEndpoint: (event) => this.#events.push(event),
    });
    this.#rooms.set(roomId, room);
  }

  closeRoom(roomId: string, now: MonotonicMs): void {
    this.#discard(this.#room(roomId), now);
    this.#settle(now);
  }

  openPeer(roomId: string, peerId: string): void {
    const room = this.#room(roomId);
    const peer = room.openPeer(peerId);
    this.#places.set(peer.session, { type: 'peer', room, peer });
  }

  closePeer(roomId: string, peerId: string, now: MonotonicMs): void {
    const room = this.#room(roomId);
    const { session } = room.closePeer(peerId, now);
    this.#forgetSession(session);
    this.#touched.add(room);
    this.#settle(now);
  }

  negotiate(roomId: string, peerId: string, request: NegotiateRequest, now: MonotonicMs): NegotiateAnswer {
    const room = this.#room(roomId);
    try {
      return room.negotiate(peerId, request, now);
    } finally {
      this.#touched.add(room);
      this.#settle(now);
    }
  }

  subscribe(roomId: string, peerId: string, request: SubscribeRequest, now: MonotonicMs): SectionsNeeded {
    const room = this.#room(roomId);
    const needed = room.subscribe(peerId, request, now);
    this.#touched.add(room);
    this.#settle(now);
    return needed;
  }

  /** `onReady` is called once, when an endpoint's `gatherCandidates` has all that its servers tell. */
  prepareCandidates({ roomId, endpointId }: EndpointAddress, onReady: () => void, now: MonotonicMs): void {
    this.#room(roomId).endpoints.get(endpointId).prepareCandidates(onReady, now);
  }

  /** A request of `EndpointEngine`. */
  callEndpoint<Method extends EndpointMethod>(
    call: { readonly method: Method; readonly request: EndpointCalls[Method]['request'] },
    now: MonotonicMs,
  ): EndpointCalls[Method]['answer'] {
    const room = this.#room(call.request.roomId);
    try {
      return answerEndpointCall(room, call, now);
    } finally {
      this.#touched.add(room);
      this.#settle(now);
    }
  }

  statistics(roomId: string, now: MonotonicMs): RoomStatistics {
    return this.#room(roomId).statistics(now);
  }

  /** Closes everything; peers are told. */
  close(now: MonotonicMs): void {
    for (const roomId of this.#rooms.keys()) this.closeRoom(roomId, now);
  }

  handleBatch(batch: ReceiveBatch, now: MonotonicMs): void {
    this.#transport.handleBatch(batch, now);
    for (let i = 0; i < this.#touched.count; i++) {
      const room = this.#touched.at(i);
      if (room !== undefined) this.#flush(room, now);
    }
    this.#settle(now);
  }

  handlePathClosed(path: PathHandle, now: MonotonicMs): void {
    this.#transport.handlePathClosed(path, now);
    this.#settle(now);
  }

  isValidated(path: PathHandle): boolean {
    return this.#transport.isValidated(path);
  }

  handleTimeout(now: MonotonicMs): void {
    this.#transport.handleTimeout(now);
    this.#drainEvents(now);
    // Their next deadlines are set when all is settled, so that each is taken once.
    for (let due = this.#deadlines.takeDue(now); due !== undefined; due = this.#deadlines.takeDue(now)) {
      const room = due;
      this.#touched.add(room);
      this.#guard(room, now, () => room.router.handleTimeout(now));
    }
    this.#settle(now);
  }

  deadline(): MonotonicMs {
    return earliest(this.#transport.deadline(), this.#deadlines.first());
  }

  pollEvent(): MediaPlaneEvent | undefined {
    return this.#events.shift();
  }

  /** How often each thing happened since the beginning, by part and name: of the datapath, the transport and all sessions. */
  counters(): Readonly<Record<string, number>> {
    const sums = new CountSums();
    sums.add(this.#closedCounts.byPart());
    for (const session of this.#places.keys()) sums.add(session.counts());
    sums.add({ datapath: this.#options.datapath.counters(), transport: this.#transport.counters.snapshot() });
    return sums.snapshot();
  }

  /** How many of each thing are open. */
  sizes(): { readonly rooms: number; readonly sessions: number } {
    return { rooms: this.#rooms.size, sessions: this.#transport.sessionCount };
  }

  #room(roomId: string): MediaRoom {
    const room = this.#rooms.get(roomId);
    if (room === undefined) throw new CodedError('room-unknown', 'There is no such room; open it first.', { roomId });
    return room;
  }

  /** Does what one room needs done; whatever it throws is a bug of ours and ends this room only. */
  #guard(room: MediaRoom, now: MonotonicMs, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#endRoom(room, error, now);
    }
  }

  /** As `#guard`, without a closure a packet. */
  #flush(room: MediaRoom, now: MonotonicMs): void {
    try {
      room.router.flush(now);
    } catch (error) {
      this.#endRoom(room, error, now);
    }
  }

  #endRoom(room: MediaRoom, error: unknown, now: MonotonicMs): void {
    this.#pushBug(room, error);
    // Rows that were not sent are the room's, and may be the bug.
    this.#sink.batch.clear();
    this.#discard(room, now);
    this.#events.push({ type: 'room-lost', roomId: room.id });
  }

  /** Forgets a room and closes what can be closed of it. */
  #discard(room: MediaRoom, now: MonotonicMs): void {
    this.#rooms.delete(room.id);
    this.#touched.delete(room);
    this.#deadlines.delete(room);
    const sessions = [...room.peers()].map(({ session }) => session);
    for (const error of room.close(now)) this.#pushBug(room, error);
    for (const session of sessions) this.#forgetSession(session);
  }

  #surroundings(room: () => MediaRoom): EndpointSurroundings {
    const { datapath, random, certificate, candidates, endpointCertificate, endpointCandidates, rtp, servers } =
      this.#options;
    const rtpSessions = this.#rtpPlaces.sessionsOf(room);
    return {
      ...(rtp === undefined ? {} : { rtp: { ...rtp, datapath, rtpSessions } }),
      ...(servers === undefined ? {} : { servers: servers.surroundings }),
      random,
      transport: this.#transport,
      certificate: endpointCertificate ?? (() => certificate),
      candidates: endpointCandidates ?? (() => candidates),
      sessions: {
        onOpened: (endpoint) => this.#places.set(endpoint.session, { type: 'endpoint', room: room(), endpoint }),
        onClosed: (endpoint) => this.#forgetSession(endpoint.session),
      },
    };
  }

  #forgetSession(session: TransportSession): void {
    this.#places.delete(session);
    this.#closedCounts.add(session.counts());
  }

  #pushBug({ id: roomId }: MediaRoom, error: unknown): void {
    this.#events.push({ type: 'bug', roomId, error: error instanceof Error ? error : new Error(String(error)) });
  }

  #handleRtp(session: TransportSession, batch: ReceiveBatch, row: number, now: MonotonicMs): void {
    const place = this.#places.get(session);
    if (place !== undefined) this.#routeRtp(place.room, routerSessionOf(place), batch, row, now);
  }

  #handleRtcp(session: TransportSession, batch: ReceiveBatch, row: number, now: MonotonicMs): void {
    const place = this.#places.get(session);
    if (place !== undefined) this.#routeRtcp(place.room, routerSessionOf(place), batch, row, now);
  }

  /** Media that came without ICE and DTLS; false: it is nobody's. */
  #handleOther(handle: SessionHandle, batch: ReceiveBatch, row: number, now: MonotonicMs): boolean {
    const place = this.#rtpPlaces.get(handle);
    if (place === undefined) return false;
    const { room, routerSession } = place;
    const isRtp = batch.kind[row] === receivedKind.rtp;
    this.#guard(room, now, () => {
      if (isRtp) this.#routeRtp(room, routerSession, batch, row, now);
      else this.#routeRtcp(room, routerSession, batch, row, now);
    });
    return true;
  }

  // Five parameters: an object in their place would be garbage, one a packet.
  #routeRtp(room: MediaRoom, session: RouterSessionId, batch: ReceiveBatch, row: number, now: MonotonicMs): void {
    this.#touched.add(room);
    const packet = this.#packet;
    packet.slot = batch.slot[row];
    packet.offset = batch.offset[row];
    packet.length = batch.length[row];
    room.router.handleRtp(session, packet, now);
  }

  #routeRtcp(room: MediaRoom, session: RouterSessionId, batch: ReceiveBatch, row: number, now: MonotonicMs): void {
    this.#touched.add(room);
    const offset = batch.offset[row];
    const compound = this.#options.datapath.pool.bytes.subarray(offset, offset + batch.length[row]);
    room.router.handleRtcp(session, compound, now);
  }

  /** Ends every input: what the transport has to say, then what the rooms that it may have touched have to say. */
  #settle(now: MonotonicMs): void {
    this.#drainEvents(now);
    const { datapath } = this.#options;
    for (let handle = datapath.pollKeyLimit(); handle !== undefined; handle = datapath.pollKeyLimit()) {
      const place = this.#rtpPlaces.get(handle);
      place?.endpoint.handleKeyLimit(place.kind);
    }
    for (let i = 0; i < this.#touched.count; i++) {
      const room = this.#touched.at(i);
      if (room !== undefined) this.#settleRoom(room, now);
    }
    this.#touched.clear();
  }

  #settleRoom(room: MediaRoom, now: MonotonicMs): void {
    try {
      room.handleChanges(now);
      this.#deadlines.set(room, room.router.deadline());
      const trackIds = room.router.pollSpeakers();
      if (trackIds !== undefined) this.#events.push({ type: 'speakers', roomId: room.id, trackIds });
    } catch (error) {
      this.#endRoom(room, error, now);
    }
  }

  #drainEvents(now: MonotonicMs): void {
    for (let event = this.#transport.pollEvent(); event !== undefined; event = this.#transport.pollEvent()) {
      const place = this.#places.get(event.session);
      if (place === undefined) continue;
      this.#handleTransportEvent(event, place, now);
    }
  }

  #handleTransportEvent(event: TransportEvent, place: Place, now: MonotonicMs): void {
    const { room } = place;
    const { id: roomId } = room;
    if (place.type === 'endpoint') this.#guard(room, now, () => place.endpoint.handleEvent(event));
    switch (event.type) {
      case 'connected':
        this.#touched.add(room);
        this.#guard(room, now, () => room.router.connectSession(routerSessionOf(place), event.handle, now));
        return;
      case 'bug':
        this.#events.push({ type: 'bug', roomId, peerId: nameOf(place), error: event.error });
        return;
      case 'state':
        if (place.type === 'peer') this.#handlePeerState(roomId, place.peer, event.state);
        return;
      case 'ice-state':
      case 'dtls-state':
      case 'pair-selected':
        return;
    }
  }

  #handlePeerState(roomId: string, peer: MediaPeer, sessionState: SessionState): void {
    // A session that we closed ourselves is nobody's news.
    const state = sessionState === 'closed' ? peer.state : sessionState;
    if (state === peer.state) return;
    peer.state = state;
    this.#events.push({ type: 'peer-state', roomId, peerId: peer.id, state });
  }
}
