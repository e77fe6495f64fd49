import { CodedError, type MonotonicMs, type PacketPool, type RandomBytes } from '@rivero/core';
import type { Fingerprint } from '@rivero/protocol/dtls';
import type { IceCandidate, IceCredentials } from '@rivero/protocol/ice';
import { Router, type RouterSink } from '@rivero/router';
import type { Transport } from '@rivero/transport';
import type {
  NegotiateAnswer,
  NegotiateRequest,
  RoomStatistics,
  SectionsNeeded,
  SubscribeRequest,
} from '../contract.ts';
import type { EndpointChange } from '../endpoint-contract.ts';
import {
  isSame,
  matchingCodec,
  type Negotiation,
  type ReceivedParameters,
  type WantedTrack,
} from '../negotiation/index.ts';
import type { Links } from './cascade/links.ts';
import { type BranchRole, RoomCascade } from './cascade/room-cascade.ts';
import { type EndpointSurroundings, RoomEndpoints } from './endpoint/room-endpoints.ts';
import { MediaPeer } from './media-peer.ts';
import { RoomTracks } from './room-tracks.ts';
import { consumerParameters, producerParameters } from './router-parameters.ts';

export interface MediaRoomOptions {
  readonly id: string;
  readonly pool: PacketPool;
  readonly sink: RouterSink;
  readonly random: RandomBytes;
  readonly transport: Transport;
  readonly candidates: readonly IceCandidate[];
  readonly fingerprint: Fingerprint;
  readonly surroundings: EndpointSurroundings;
  readonly onEndpoint: (event: EndpointEvent) => void;
  /** How it is one of several branches; left out: it has no others. */
  readonly cascade?: { readonly role: BranchRole; readonly links: Links<MediaRoom> };
}

/** What happens at endpoints of the room and to their tracks. */
export type EndpointEvent =
  | {
      readonly type: 'endpoint';
      readonly roomId: string;
      readonly endpointId: string;
      readonly change: EndpointChange;
    }
  | { readonly type: 'track-flow'; readonly roomId: string; readonly trackId: string; readonly isFlowing: boolean }
  /** Peers that received the track, or were refused it, may receive it after their next offer. */
  | { readonly type: 'track-changed'; readonly roomId: string; readonly trackId: string };

/** Peers of one room. */
export const peersPerRoomMax = 2_000;

/** One room in a worker: its router, its peers and endpoints, and who receives what. */
export class MediaRoom {
  readonly id: string;
  readonly router: Router;
  readonly #options: MediaRoomOptions;
  readonly #peers = new Map<string, MediaPeer>();
  readonly #tracks = new RoomTracks({
    onUnfit: (trackId) => this.#releaseUnfit(trackId),
    onRenewed: (trackId) => this.#tellRenewed(trackId),
    onPublished: (track, isRenewed) => this.cascade?.handlePublished(track, isRenewed),
    onWithdrawn: (trackId) => this.cascade?.handleWithdrawn(trackId),
    onHeard: (track) => this.cascade?.handleHeard(track),
  });
  readonly endpoints: RoomEndpoints;
  /** Its branches in other workers. */
  readonly cascade: RoomCascade<MediaRoom> | undefined;
  /** Its router was told something since its deadline was last asked for. */
  isTouched = false;

  constructor(options: MediaRoomOptions) {
    this.#options = options;
    this.id = options.id;
    const { pool, sink, random } = options;
    this.router = new Router({ pool, sink, random });
    const { cascade } = options;
    this.cascade = cascade && new RoomCascade({ ...cascade, room: this, router: this.router, tracks: this.#tracks });
    this.endpoints = new RoomEndpoints({
      router: this.router,
      tracks: this.#tracks,
      surroundings: options.surroundings,
      onChange: (endpointId, change) => options.onEndpoint({ type: 'endpoint', roomId: this.id, endpointId, change }),
    });
  }

  openPeer(peerId: string): MediaPeer {
    if (this.#peers.has(peerId)) throw new CodedError('peer-exists', 'There is a peer of this name.', { peerId });
    if (this.#peers.size >= peersPerRoomMax)
      throw new CodedError('room-full', 'The room is full.', { peersPerRoomMax });
    const { transport, random } = this.#options;
    const peer = new MediaPeer({ id: peerId, router: this.router, transport, random });
    this.#peers.set(peerId, peer);
    return peer;
  }

  closePeer(peerId: string, now: MonotonicMs): MediaPeer {
    const peer = this.#peer(peerId);
    this.#peers.delete(peerId);
    for (const trackId of peer.received.keys()) this.#unpublish(peer, trackId, now);
    peer.close();
    return peer;
  }

  peers(): Iterable<MediaPeer> {
    return this.#peers.values();
  }

  /** Closes every peer and endpoint, also in a room in which something is broken; what that threw is answered. */
  close(now: MonotonicMs): readonly unknown[] {
    const errors = [...(this.cascade?.close(now) ?? []), ...this.endpoints.closeAll(now)];
    for (const peer of this.#peers.values()) {
      try {
        peer.close();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#peers.clear();
    return errors;
  }

  negotiate(peerId: string, request: NegotiateRequest, now: MonotonicMs): NegotiateAnswer {
    const peer = this.#peer(peerId);
    for (const { trackId } of request.tracks) {
      const track = this.#tracks.get(trackId);
      if (track !== undefined && track.publisher !== peer) {
        throw new CodedError('track-exists', 'Somebody else publishes a track of this name.', { trackId });
      }
    }
    let local: IceCredentials = peer.session.localCredentials;
    const negotiation = peer.negotiator.negotiate({
      offer: request.offer,
      tracks: request.tracks,
      wanted: this.#wantedBy(peer),
      local: (isIceRestart) => {
        if (isIceRestart) local = peer.session.nextCredentials();
        const { candidates, fingerprint } = this.#options;
        return { ice: local, iceLite: true, fingerprint, candidates };
      },
    });
    this.#apply(peer, negotiation, local, now);
    this.router.setVoice(peer.routerSession, request.voiceTrackId);
    this.cascade?.tellVoices(peer.received.keys());
    negotiation.commit();
    return {
      answer: negotiation.answer,
      published: negotiation.received.map(({ trackId, mid, kind, codecName }) => ({
        trackId,
        mid,
        kind,
        codec: codecName,
      })),
      subscribed: negotiation.sent.map(({ trackId, mid }) => ({ trackId, mid })),
      refused: negotiation.refused,
      sectionsNeeded: negotiation.sectionsNeeded,
    };
  }

  subscribe(peerId: string, { trackIds, pausedTrackIds }: SubscribeRequest, now: MonotonicMs): SectionsNeeded {
    const peer = this.#peer(peerId);
    peer.wantedTrackIds = trackIds;
    peer.pausedTrackIds = new Set(pausedTrackIds);
    const wanted = this.#wantedBy(peer);
    const ids = new Set(wanted.map(({ trackId }) => trackId));
    for (const trackId of peer.sent.keys()) if (!ids.has(trackId)) this.#unsubscribe(peer, trackId);
    for (const trackId of peer.sent.keys()) {
      const consumerId = peer.consumerId(trackId);
      if (peer.pausedTrackIds.has(trackId)) this.router.pauseConsumer(consumerId);
      else this.router.resumeConsumer(consumerId, now);
    }
    peer.negotiator.release(wanted);
    return peer.negotiator.sectionsNeeded(wanted);
  }

  /** Follows what the router noticed: another codec of a track, that one begins or stops. */
  handleChanges(now: MonotonicMs): void {
    const { router } = this;
    this.cascade?.openWaiting(now);
    for (let id = router.pollCodecChange(); id !== undefined; id = router.pollCodecChange()) this.#hear(id, now);
    for (let change = router.pollFlowChange(); change !== undefined; change = router.pollFlowChange()) {
      const { producerId: trackId, isFlowing } = change;
      if (isFlowing) this.#hear(trackId, now);
      this.#options.onEndpoint({ type: 'track-flow', roomId: this.id, trackId, isFlowing });
    }
  }

  statistics(now: MonotonicMs): RoomStatistics {
    const peers = [...this.#peers.values()].map(({ id: peerId, state }) => ({ peerId, state }));
    return { ...this.router.statistics(now), peers };
  }

  #peer(peerId: string): MediaPeer {
    const peer = this.#peers.get(peerId);
    if (peer === undefined) throw new CodedError('peer-unknown', 'There is no such peer; open it first.', { peerId });
    return peer;
  }

  #apply(peer: MediaPeer, negotiation: Negotiation, local: IceCredentials, now: MonotonicMs): void {
    try {
      this.#applyTransport(peer, negotiation, local, now);
      this.#applyReceived(peer, negotiation.received, now);
      this.#applySent(peer, negotiation, now);
    } catch (error) {
      // Some streams may have begun anew, which the negotiator will not know: no SSRC of before is used again.
      peer.negotiator.release([]);
      throw error;
    }
  }

  #applyTransport(peer: MediaPeer, negotiation: Negotiation, local: IceCredentials, now: MonotonicMs): void {
    const { transport } = this.#options;
    const { session } = peer;
    transport.run(session, () => {
      if (negotiation.isIceRestart) session.restartIce(local, negotiation.remote.ice, now);
      session.setRemote(negotiation.remote, now);
    });
  }

  #applyReceived(peer: MediaPeer, received: readonly ReceivedParameters[], now: MonotonicMs): void {
    const next = new Map(received.map((parameters) => [parameters.trackId, parameters]));
    const replaced = new Set<string>();
    for (const [trackId, before] of peer.received) {
      const after = next.get(trackId);
      if (after !== undefined && isSame(before, after)) continue;
      this.#unpublish(peer, trackId, now);
      replaced.add(trackId);
    }
    for (const [trackId, parameters] of next) {
      if (peer.received.has(trackId)) continue;
      this.router.openProducer(trackId, peer.routerSession, producerParameters(parameters));
      peer.received.set(trackId, parameters);
      const { kind, codec } = parameters;
      const track = { trackId, kind, codec, codecs: [codec], isHeard: true, cname: peer.cname, publisher: peer };
      // Its receivers' sections are free: somebody has to tell them to offer again.
      if (replaced.has(trackId)) this.#tracks.renew(track, now);
      else this.#tracks.publish(track, now);
    }
  }

  #applySent(peer: MediaPeer, negotiation: Negotiation, now: MonotonicMs): void {
    const next = new Map(negotiation.sent.map((parameters) => [parameters.trackId, parameters]));
    for (const [trackId, before] of peer.sent) {
      const after = next.get(trackId);
      if (after === undefined || !isSame(before, after)) this.#unsubscribe(peer, trackId);
    }
    for (const [trackId, parameters] of next) {
      if (peer.sent.has(trackId)) continue;
      const options = {
        producerId: trackId,
        session: peer.routerSession,
        parameters: consumerParameters(parameters),
        isPaused: peer.pausedTrackIds.has(trackId),
      };
      this.router.openConsumer(peer.consumerId(trackId), options, now);
      peer.sent.set(trackId, parameters);
    }
  }

  #unsubscribe(peer: MediaPeer, trackId: string): void {
    this.router.closeConsumer(peer.consumerId(trackId));
    peer.sent.delete(trackId);
  }

  /** Ends a track: its receivers' sections become free. */
  #unpublish(peer: MediaPeer, trackId: string, now: MonotonicMs): void {
    this.router.closeProducer(trackId);
    peer.received.delete(trackId);
    this.#tracks.withdraw(trackId, now);
  }

  /** Frees the sections of those who receive a track that is gone, or that comes in another codec now. */
  #releaseUnfit(trackId: string): void {
    const track = this.#tracks.get(trackId);
    for (const peer of this.#peers.values()) {
      const sent = peer.sent.get(trackId);
      if (sent === undefined || (track !== undefined && matchingCodec([sent.codec], track.codec) !== undefined))
        continue;
      this.#unsubscribe(peer, trackId);
      peer.negotiator.release(this.#wantedBy(peer).filter((wanted) => wanted.trackId !== trackId));
    }
  }

  #tellRenewed(trackId: string): void {
    if (this.#peers.size > 0) this.#options.onEndpoint({ type: 'track-changed', roomId: this.id, trackId });
  }

  #hear(trackId: string, now: MonotonicMs): void {
    const codec = this.router.producerCodec(trackId);
    if (codec !== undefined) this.#tracks.hear(trackId, codec.payloadType, now);
  }

  /** The tracks that the peer wants and that somebody publishes, as they are sent. */
  #wantedBy(peer: MediaPeer): readonly WantedTrack[] {
    return peer.wantedTrackIds.flatMap((trackId) => {
      const track = this.#tracks.get(trackId);
      if (track === undefined || track.publisher === peer) return [];
      const { kind, codec, cname } = track;
      return [{ trackId, kind, codec, streamId: cname, cname }];
    });
  }
}
