import {
  after,
  formatTransportAddress,
  milliseconds,
  type MonotonicMs,
  never,
  type TransportAddress,
} from '@rivero/core';
import { channelMax, channelMin } from './channel-data.ts';

/** Peers of one relay at once. */
export const relayPeersMax = 64;

/** A channel lasts 10 minutes, the permission that comes with it 5 (RFC 8656 section 12). */
export const channelRefreshInterval = milliseconds(240_000);

/** Whoever is spoken to through a relay. */
export interface RelayPeer {
  readonly address: TransportAddress;
  /** The address as text. */
  readonly key: string;
  /** `refused`: Send indications for good. */
  channelState: 'none' | 'asked' | 'bound' | 'refused';
  channel: number;
  refreshAt: MonotonicMs;
}

/** The peers of one relay by address and by channel. */
export class RelayPeers {
  readonly #byKey = new Map<string, RelayPeer>();
  readonly #byChannel = new Map<number, RelayPeer>();
  /** None is used twice, as the server keeps a number to its peer for minutes after it expired. */
  #nextChannel = channelMin;

  /** The one that is there, or a new one; `undefined` when there are too many. */
  open(address: TransportAddress): RelayPeer | undefined {
    const key = formatTransportAddress(address);
    const known = this.#byKey.get(key);
    if (known !== undefined || this.#byKey.size >= relayPeersMax) return known;
    const peer: RelayPeer = { address, key, channelState: 'none', channel: 0, refreshAt: never };
    this.#byKey.set(key, peer);
    return peer;
  }

  close(peer: RelayPeer): void {
    if (this.#byKey.get(peer.key) === peer) this.#byKey.delete(peer.key);
    if (this.#byChannel.get(peer.channel) === peer) this.#byChannel.delete(peer.channel);
    peer.channelState = 'refused';
    peer.refreshAt = never;
  }

  find(channel: number): RelayPeer | undefined {
    return this.#byChannel.get(channel);
  }

  has(peer: RelayPeer): boolean {
    return this.#byKey.get(peer.key) === peer;
  }

  /** Gives it a channel to ask for; false when all were given away. */
  takeChannel(peer: RelayPeer): boolean {
    if (this.#nextChannel > channelMax) {
      peer.channelState = 'refused';
      return false;
    }
    peer.channel = this.#nextChannel++;
    peer.channelState = 'asked';
    this.#byChannel.set(peer.channel, peer);
    return true;
  }

  confirm(peer: RelayPeer, now: MonotonicMs): void {
    if (!this.has(peer)) return;
    peer.channelState = 'bound';
    peer.refreshAt = after(now, channelRefreshInterval);
  }

  refuse(peer: RelayPeer): void {
    peer.channelState = 'refused';
    peer.refreshAt = never;
  }

  /** Those whose channel is to be bound again; they are due once. */
  takeDue(now: MonotonicMs): readonly RelayPeer[] {
    const due = [...this.#byKey.values()].filter(({ refreshAt }) => refreshAt <= now);
    for (const peer of due) peer.refreshAt = never;
    return due;
  }

  deadline(): MonotonicMs {
    let first = never;
    for (const { refreshAt } of this.#byKey.values()) if (refreshAt < first) first = refreshAt;
    return first;
  }
}
