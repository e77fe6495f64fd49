import type { MediaEngine } from '@rivero/engine';
import { type LoadPeer, type LoadRole, loadMid } from './load-peer.ts';
import type { LoadPeers } from './load-peers.ts';

/** What a load needs of an engine, which may be another process's. */
export type LoadedEngine = Pick<MediaEngine, 'openRoom' | 'openPeer' | 'subscribe' | 'negotiate'>;

/** Who connects peers: `negotiate` carries an offer to the server and answers what it answers. */
export interface LoadConnector {
  connect(role: LoadRole, sections: number, negotiate: (offer: string) => Promise<string>): Promise<unknown>;
}

/** A room of an engine, with load peers that publish a track each and others that receive all of them. */
export class LoadRoom {
  readonly #engine: LoadedEngine;
  readonly #peers: LoadPeers;
  readonly #roomId: string;
  readonly #trackIds: string[] = [];
  #count = 0;

  private constructor(engine: LoadedEngine, peers: LoadPeers, roomId: string) {
    this.#engine = engine;
    this.#peers = peers;
    this.#roomId = roomId;
  }

  static async open(engine: LoadedEngine, peers: LoadPeers, roomId: string): Promise<LoadRoom> {
    await engine.openRoom(roomId);
    return new LoadRoom(engine, peers, roomId);
  }

  async publish(): Promise<LoadPeer> {
    const peerId = await this.#openPeer();
    const trackId = `track-${peerId}`;
    const peer = await this.#peers.connect('publisher', 1, (offer) =>
      this.#negotiate(peerId, offer, [{ mid: loadMid(0), trackId }]),
    );
    this.#trackIds.push(trackId);
    return peer;
  }

  /** Receives what is published by now, as one of these peers; left out: of those that publish. */
  async subscribe(peers: LoadConnector = this.#peers): Promise<void> {
    const peerId = await this.#openPeer();
    await this.#engine.subscribe(this.#roomId, peerId, this.#trackIds);
    await peers.connect('subscriber', this.#trackIds.length, (offer) => this.#negotiate(peerId, offer, []));
  }

  async #openPeer(): Promise<string> {
    this.#count += 1;
    const peerId = `peer-${this.#count}`;
    await this.#engine.openPeer(this.#roomId, peerId);
    return peerId;
  }

  async #negotiate(
    peerId: string,
    offer: string,
    tracks: readonly { readonly mid: string; readonly trackId: string }[],
  ): Promise<string> {
    const { answer } = await this.#engine.negotiate(this.#roomId, peerId, { offer, tracks });
    return answer;
  }
}
