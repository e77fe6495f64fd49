import { type MonotonicMs, type RandomBytes, type TransportAddress } from '@rivero/core';
import {
  findAttribute,
  findXorAddress,
  serializeStunMessage,
  type StunMessage,
  turnAttributeType,
  unknownRequiredAttributes,
  xorAddressAttribute,
} from '../../stun/index.ts';
import { channelHeaderLength } from '../channel-data.ts';
import type { Allocation, Relay } from './allocation.ts';
import type { PeerPolicy } from './peer-policy.ts';
import { familyOf } from './turn-path.ts';
import type { TurnServerCounters } from './turn-server-counters.ts';
import type { TurnSink } from './turn-server-output.ts';

/** Longest packet that goes either way: what a datagram can carry beside our headers. */
export const relayedLengthMax = 65_000;

/** IPv4's and UDP's, which count, so that empty packets cost bandwidth, too. */
const headersLength = 28;

export interface PacketRelayOptions {
  readonly random: RandomBytes;
  readonly sink: TurnSink;
  readonly policy: PeerPolicy;
  readonly counters: TurnServerCounters;
}

/** Carries packets between clients and peers (RFC 8656 sections 11 and 12). */
export class PacketRelay {
  readonly #random: RandomBytes;
  readonly #sink: TurnSink;
  readonly #policy: PeerPolicy;
  readonly #counters: TurnServerCounters;

  constructor({ random, sink, policy, counters }: PacketRelayOptions) {
    this.#random = random;
    this.#sink = sink;
    this.#policy = policy;
    this.#counters = counters;
  }

  /** ChannelData of a client; bytes behind its data are padding. */
  handleChannelData(allocation: Allocation, bytes: Uint8Array, now: MonotonicMs): void {
    if (bytes.length < channelHeaderLength) return this.#counters.count('defective');
    const end = channelHeaderLength + ((bytes[2] << 8) | bytes[3]);
    if (end > bytes.length) return this.#counters.count('defective');
    const channel = allocation.permissions.findChannel((bytes[0] << 8) | bytes[1], now);
    if (channel === undefined) return this.#counters.count('no-channel');
    const relay = allocation.relayOf(familyOf(channel.peer.ip));
    if (relay === undefined) return this.#counters.count('no-relay');
    this.#sendToPeer(relay, channel.peer, bytes.subarray(channelHeaderLength, end), now);
  }

  /** A Send indication (RFC 8656 section 11.2). */
  handleSend(allocation: Allocation, message: StunMessage, now: MonotonicMs): void {
    const data = findAttribute(message, turnAttributeType.data)?.value;
    const peer = findXorAddress(message, turnAttributeType.xorPeerAddress);
    if (data === undefined || peer === undefined) return this.#counters.count('defective');
    const hasDontFragment = findAttribute(message, turnAttributeType.dontFragment) !== undefined;
    if (hasDontFragment || unknownRequiredAttributes(message).length > 0) {
      return this.#counters.count('unknown-attribute');
    }
    if (allocation.permissions.find(peer.ip, now) === undefined) return this.#counters.count('no-permission');
    if (this.#policy.refusalOfPort(peer) !== undefined) return this.#counters.count('peer-refused');
    const relay = allocation.relayOf(familyOf(peer.ip));
    if (relay === undefined || allocation.transport === 'tcp') return this.#counters.count('no-relay');
    this.#sendToPeer(relay, peer, data, now);
  }

  /** What came to a relayed address (RFC 8656 section 11.3). */
  handlePeerPacket(relay: Relay, peer: TransportAddress, data: Uint8Array, now: MonotonicMs): void {
    const { allocation } = relay;
    const permission = allocation.permissions.find(peer.ip, now);
    if (permission === undefined) return this.#counters.count('no-permission');
    if (data.length > relayedLengthMax) return this.#counters.count('too-long');
    if (allocation.user.bandwidth?.take(now, data.length + headersLength) === false)
      return this.#counters.count('bandwidth-exceeded');
    allocation.activeAt = now;
    allocation.bytesFromPeers += data.length;
    this.#counters.count('packets-from-peers');
    this.#counters.count('bytes-from-peers', data.length);
    const channel = permission.channels?.get(peer.port);
    if (channel !== undefined && channel.expiresAt > now) {
      this.#sink.sendChannelData(allocation.path, channel.number, data);
    } else {
      this.#sink.sendMessage(allocation.path, this.#dataIndication(peer, data));
    }
  }

  #sendToPeer({ id, allocation }: Relay, peer: TransportAddress, data: Uint8Array, now: MonotonicMs): void {
    if (data.length > relayedLengthMax) return this.#counters.count('too-long');
    if (allocation.user.bandwidth?.take(now, data.length + headersLength) === false)
      return this.#counters.count('bandwidth-exceeded');
    allocation.activeAt = now;
    allocation.bytesFromClient += data.length;
    this.#counters.count('packets-from-clients');
    this.#counters.count('bytes-from-clients', data.length);
    this.#sink.sendToPeer(id, peer, data);
  }

  #dataIndication(peer: TransportAddress, data: Uint8Array): Uint8Array {
    const transactionId = this.#random(12);
    return serializeStunMessage({
      method: 'data',
      class: 'indication',
      transactionId,
      attributes: [
        xorAddressAttribute(turnAttributeType.xorPeerAddress, peer, transactionId),
        { type: turnAttributeType.data, value: data },
      ],
    });
  }
}
