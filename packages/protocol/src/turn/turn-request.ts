import { type Milliseconds, milliseconds, type RandomBytes } from '@rivero/core';
import {
  type AttributeToSend,
  serializeStunMessage,
  type StunMethod,
  type StunTransaction,
  turnAttributeType,
  xorAddressAttribute,
} from '../stun/index.ts';
import type { LongTermCredentials } from './long-term-credentials.ts';
import type { RelayPeer } from './relay-peers.ts';
import { channelNumber, lifetimeAttribute, requestedTransport } from './turn-values.ts';

/** What a client asks of a server. */
export type TurnAsk =
  | { readonly type: 'allocate' }
  /** 0: it is not needed any more. */
  | { readonly type: 'refresh'; readonly lifetime: Milliseconds }
  | { readonly type: 'permit'; readonly ip: string }
  | { readonly type: 'bind'; readonly peer: RelayPeer };

/** One that waits for its response. */
export interface TurnRequest {
  readonly ask: TurnAsk;
  readonly transaction: StunTransaction;
  readonly isAuthenticated: boolean;
  /** How often it was challenged before. */
  readonly challenges: number;
}

/** What is asked for with each refresh; the server may give less (RFC 8656 section 7.2). */
export const lifetimeAsked = milliseconds(600_000);

const methods: Readonly<Record<TurnAsk['type'], StunMethod>> = {
  allocate: 'allocate',
  refresh: 'refresh',
  permit: 'create-permission',
  bind: 'channel-bind',
};

/** The bytes of a request, with what the server wants to know of who asks. */
export function serializeTurnRequest(ask: TurnAsk, id: Uint8Array, credentials: LongTermCredentials): Uint8Array {
  const { integrity } = credentials;
  return serializeStunMessage({
    method: methods[ask.type],
    class: 'request',
    transactionId: id,
    attributes: [...attributesOf(ask, id), ...credentials.attributes],
    ...(integrity === undefined ? {} : { integrity }),
    fingerprint: true,
  });
}

/** Data for a peer without a channel (RFC 8656 section 11.1). */
export function serializeSendIndication(peer: RelayPeer, data: Uint8Array, random: RandomBytes): Uint8Array {
  const id = random(12);
  return serializeStunMessage({
    method: 'send',
    class: 'indication',
    transactionId: id,
    attributes: [
      xorAddressAttribute(turnAttributeType.xorPeerAddress, peer.address, id),
      { type: turnAttributeType.data, value: data },
    ],
  });
}

/** Keeps what NATs on the way know of us, and is not answered (RFC 8489 section 2). */
export function serializeKeepalive(random: RandomBytes): Uint8Array {
  return serializeStunMessage({
    method: 'binding',
    class: 'indication',
    transactionId: random(12),
    attributes: [],
    fingerprint: true,
  });
}

function attributesOf(ask: TurnAsk, id: Uint8Array): readonly AttributeToSend[] {
  switch (ask.type) {
    case 'allocate':
      return [requestedTransport()];
    case 'refresh':
      return [lifetimeAttribute(ask.lifetime)];
    case 'permit':
      return [xorAddressAttribute(turnAttributeType.xorPeerAddress, { ip: ask.ip, port: 0 }, id)];
    case 'bind':
      return [
        channelNumber(ask.peer.channel),
        xorAddressAttribute(turnAttributeType.xorPeerAddress, ask.peer.address, id),
      ];
  }
}
