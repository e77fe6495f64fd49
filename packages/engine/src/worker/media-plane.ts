import {
  CodedError,
  Deadlines,
  earliest,
  type MonotonicMs,
  type PathHandle,
  type ReceiveBatch,
  receivedKind,
  type SessionHandle,
  Touched,
} from '@rivero/core';
import type { ImportedPacket, RouterSessionId, RouterSink } from '@rivero/router';
import { Transport, type TransportSession } from '@rivero/transport';
import type {
  NegotiateAnswer,
  NegotiateRequest,
  RoomStatistics,
  SectionsNeeded,
  SubscribeRequest,
} from '../contract.ts';
import type { BranchMessage } from './cascade/link-message.ts';
import { type LinkedTrack, Links } from './cascade/links.ts';
import type { BranchRole } from './cascade/room-cascade.ts';
import { datapathSink } from './datapath-sink.ts';
import { answerEndpointCall } from './endpoint/answer-endpoint-call.ts';
import { endpointSurroundings } from './endpoint/endpoint-surroundings.ts';
import { RtpOwners } from './endpoint/rtp-owners.ts';
import type { MediaPlaneEvent } from './media-plane-event.ts';
import type { MediaPlaneOptions } from './media-plane-options.ts';
import { MediaRoom } from './media-room.ts';
import { routerSessionOf } from './session-owner.ts';
import { SessionOwners } from './session-owners.ts';
import { TransportEvents } from './transport-events.ts';
import type { EndpointAddress, EndpointCalls, EndpointMethod } from './worker-protocol.ts';

/** Rooms of one worker. */
export const roomsMax = 10_000;

/**
 * Everything of a media worker but its sockets and clock: rooms over one transport over one datapath. It is told
 * requests, batches and time, and asked for events. A bug in a room's router ends that room; the others go on.
 */
export class MediaPlane {
  /** To other workers. */
  readonly links: Links<MediaRoom>;
  readonly #options: MediaPlaneOptions;
  readonly #transport: Transport;
  readonly #sink: RouterSink;
  readonly #rooms = new Map<string, MediaRoom>();
  readonly #owners = new SessionOwners();
  readonly #transportEvents: TransportEvents;
  readonly #rtpOwners = new RtpOwners<MediaRoom>();
  /** Rooms whose router was told something since their deadlines were last asked for. */
  readonly #touched = new Touched<MediaRoom>();
  readonly #deadlines = new Deadlines<MediaRoom>();
  readonly #events: MediaPlaneEvent[] = [];
  /** The packet in hand, filled again for each. */
  readonly #packet = { slot: 0, offset: 0, length: 0 };

  constructor(options: MediaPlaneOptions) {
    this.#options = options;
    const { datapath, certificate, random } = options;
    this.#sink = datapathSink(datapath);
    this.links = new Links({
      pool: datapath.pool,
      onMessage: (room, worker, message, now) => this.#handleBranchMessage(room, worker, message, now),
      onPacket: (track, packet, now) => this.#import(track, packet, now),
      onLost: ({ room, trackId }, now) => {
        this.#touched.add(room);
        this.#guard(room, now, () => room.router.cascade.handleLost(trackId, now));
      },
      onArrival: options.onLinked ?? (() => {}),
    });
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
    this.#transportEvents = new TransportEvents({
      transport: this.#transport,
      owners: this.#owners,
      push: (event) => this.#events.push(event),
      touch: (room) => this.#touched.add(room),
      guard: (room, now, action) => this.#guard(room, now, action),
    });
  }

  /** `role`: how the room is one of several branches; left out: it has no others. */
  openRoom(roomId: string, role?: BranchRole): void {
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
      surroundings: endpointSurroundings(this.#options, {
        transport: this.#transport,
        rtpSessions: this.#rtpOwners.sessionsOf(() => room),
        sessions: {
          onOpened: (endpoint) => this.#owners.open(endpoint.session, { type: 'endpoint', room, endpoint }),
          onClosed: (endpoint) => this.#owners.close(endpoint.session),
        },
      }),
      onEndpoint: (event) => this.#events.push(event),
      ...(role === undefined ? {} : { cascade: { role, links: this.links } }),
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
    this.#owners.open(peer.session, { type: 'peer', room, peer });
  }

  closePeer(roomId: string, peerId: string, now: MonotonicMs): void {
    const room = this.#room(roomId);
    const { session } = room.closePeer(peerId, now);
    this.#owners.close(session);
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
    this.#flushTouched(now);
    this.#settle(now);
  }

  /** The room has a branch in that worker, too, to which there is a link. */
  addBranch(roomId: string, worker: number, now: MonotonicMs): void {
    const room = this.#room(roomId);
    room.cascade?.addBranch(worker, now);
    this.#touched.add(room);
    this.#settle(now);
  }

  /** The room has none in that worker any more. */
  removeBranch(roomId: string, worker: number, now: MonotonicMs): void {
    const room = this.#room(roomId);
    room.cascade?.removeBranch(worker, now);
    this.#touched.add(room);
    this.#settle(now);
  }

  /** What other workers said and sent; true: there is more. */
  handleLinks(now: MonotonicMs): boolean {
    this.links.receiveMessages(now);
    const hasMore = this.links.receivePackets(now);
    this.#flushTouched(now);
    this.links.release();
    this.#settle(now);
    return hasMore;
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
    this.#transportEvents.drain(now);
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
    const sums = this.#owners.countSums();
    sums.add({
      cascade: this.links.snapshot(),
      datapath: this.#options.datapath.counters(),
      transport: this.#transport.counters.snapshot(),
    });
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

  /** Other workers send while this one does. */
  #flushTouched(now: MonotonicMs): void {
    this.#eachTouched(handOver, now);
    this.links.show();
    this.#eachTouched(flush, now);
  }

  /** As `#guard`, without a closure a batch. */
  #eachTouched(action: (room: MediaRoom, now: MonotonicMs) => void, now: MonotonicMs): void {
    for (let i = 0; i < this.#touched.count; i++) {
      const room = this.#touched.at(i);
      if (room === undefined) continue;
      try {
        action(room, now);
      } catch (error) {
        this.#endRoom(room, error, now);
      }
    }
  }

  #handleBranchMessage(room: MediaRoom, worker: number, message: BranchMessage, now: MonotonicMs): void {
    this.#touched.add(room);
    this.#guard(room, now, () => room.cascade?.handleMessage(worker, message, now));
  }

  /** As `#guard`, without a closure a packet. */
  #import({ room, trackId }: LinkedTrack<MediaRoom>, packet: ImportedPacket, now: MonotonicMs): void {
    this.#touched.add(room);
    try {
      room.router.cascade.handlePacket(trackId, packet, now);
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
    for (const session of sessions) this.#owners.close(session);
  }

  #pushBug({ id: roomId }: MediaRoom, error: unknown): void {
    this.#events.push({ type: 'bug', roomId, error: error instanceof Error ? error : new Error(String(error)) });
  }

  #handleRtp(session: TransportSession, batch: ReceiveBatch, row: number, now: MonotonicMs): void {
    const owner = this.#owners.get(session);
    if (owner !== undefined) this.#routeRtp(owner.room, routerSessionOf(owner), batch, row, now);
  }

  #handleRtcp(session: TransportSession, batch: ReceiveBatch, row: number, now: MonotonicMs): void {
    const owner = this.#owners.get(session);
    if (owner !== undefined) this.#routeRtcp(owner.room, routerSessionOf(owner), batch, row, now);
  }

  /** Media that came without ICE and DTLS; false: it is nobody's. */
  #handleOther(handle: SessionHandle, batch: ReceiveBatch, row: number, now: MonotonicMs): boolean {
    const owner = this.#rtpOwners.get(handle);
    if (owner === undefined) return false;
    const { room, routerSession } = owner;
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
    this.#transportEvents.drain(now);
    const { datapath } = this.#options;
    for (let handle = datapath.pollKeyLimit(); handle !== undefined; handle = datapath.pollKeyLimit()) {
      const owner = this.#rtpOwners.get(handle);
      owner?.endpoint.handleKeyLimit(owner.kind);
    }
    this.#eachTouched(this.#settleRoom, now);
    this.#touched.clear();
    this.links.show();
  }

  readonly #settleRoom = (room: MediaRoom, now: MonotonicMs): void => {
    room.handleChanges(now);
    this.#deadlines.set(room, room.router.deadline());
    const trackIds = room.router.pollSpeakers();
    if (trackIds !== undefined) this.#events.push({ type: 'speakers', roomId: room.id, trackIds });
  };
}

const handOver = (room: MediaRoom): void => room.router.cascade.flush();

const flush = (room: MediaRoom, now: MonotonicMs): void => room.router.flush(now);
