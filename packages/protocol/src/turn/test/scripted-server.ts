import { assert, milliseconds, type MonotonicMs, monotonicMs, type TransportAddress } from '@rivero/core';
import {
  type AttributeToSend,
  attributeType,
  checkIntegrity,
  findAttribute,
  findXorAddress,
  parseStunMessage,
  serializeErrorCode,
  serializeStunMessage,
  type StunMessage,
  turnAttributeType,
  xorAddressAttribute,
} from '../../stun/index.ts';
import { longTermKey } from '../long-term-credentials.ts';
import { TurnClient, type TurnClientOptions, type TurnEvent } from '../turn-client.ts';

export const relayed: TransportAddress = { ip: '192.0.2.15', port: 50_000 };
export const mapped: TransportAddress = { ip: '203.0.113.7', port: 32_853 };
export const user = { username: 'ann', password: 'secret' };

const realm = 'example.org';
const encoder = new TextEncoder();

/** What came to the server, in words. */
export interface Asked {
  readonly at: number;
  readonly method: string;
  readonly lifetime?: number;
  readonly peer?: string;
  readonly channel?: number;
  readonly isAuthentic: boolean;
}

export interface Script {
  /** Error code that a request gets instead of success; 0: no answer. */
  refuse: (message: StunMessage) => number | undefined;
  lifetime: number;
  needsCredentials: boolean;
}

/** A client at a server that does what its script says, and the time by hand. */
export class ScriptedServer {
  readonly client: TurnClient;
  readonly asked: Asked[] = [];
  readonly events: TurnEvent[] = [];
  /** Packets to peers and whatever else is no request. */
  readonly sent: Uint8Array[] = [];
  readonly script: Script = { refuse: () => undefined, lifetime: 600, needsCredentials: true };
  nonce = 'nonce-1';
  now: MonotonicMs = monotonicMs(0);

  constructor(options: Partial<TurnClientOptions> = {}) {
    let count = 0;
    const random = (length: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      new DataView(bytes.buffer).setUint32(0, count++);
      return bytes;
    };
    this.client = new TurnClient({ random, user, isStream: false, patience: milliseconds(4_000), ...options });
  }

  start(): void {
    this.client.start(this.now);
    this.exchange();
  }

  /** Until nobody has anything to say. */
  exchange(): void {
    for (let bytes = this.client.pollSend(); bytes !== undefined; bytes = this.client.pollSend()) {
      const answer = this.#handle(bytes);
      if (answer !== undefined) this.client.handleMessage(answer, this.now);
    }
    for (let event = this.client.pollEvent(); event !== undefined; event = this.client.pollEvent()) {
      this.events.push(event);
    }
  }

  /** Lets time pass, deadline by deadline. */
  runUntil(end: number): void {
    for (let turns = 0; this.client.deadline() <= end; turns++) {
      assert(turns < 10_000, 'time goes on');
      this.now = monotonicMs(Math.max(this.now, this.client.deadline()));
      this.client.handleTimeout(this.now);
      this.exchange();
    }
    this.now = monotonicMs(end);
  }

  /** A peer's packet as a Data indication. */
  dataFrom(peer: TransportAddress, data: Uint8Array): Uint8Array {
    const transactionId = new Uint8Array(12).fill(9);
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

  #handle(bytes: Uint8Array): Uint8Array | undefined {
    const message = parseStunMessage(bytes);
    if (typeof message === 'string' || message.class !== 'request') {
      this.sent.push(bytes);
      return undefined;
    }
    const key = longTermKey(user, realm);
    const integrity = checkIntegrity(message, key);
    this.asked.push(described(message, this.now, integrity === 'right'));
    const refusal = this.script.refuse(message);
    if (refusal === 0) return undefined;
    const challenge = this.#challenge(message, integrity) ?? refusal;
    const base = { method: message.method, transactionId: message.transactionId } as const;
    if (challenge !== undefined) {
      const code = { type: attributeType.errorCode, value: serializeErrorCode({ code: challenge, reason: '' }) };
      const attributes = [401, 438].includes(challenge) ? [code, ...this.#wants()] : [code];
      const sealed = integrity === 'right' ? { integrity: { key, algorithm: 'sha1' } as const } : {};
      return serializeStunMessage({ ...base, class: 'error', attributes, ...sealed });
    }
    const attributes = this.#success(message);
    const sealed = this.script.needsCredentials ? { integrity: { key, algorithm: 'sha1' } as const } : {};
    return serializeStunMessage({ ...base, class: 'success', attributes, ...sealed });
  }

  #challenge(message: StunMessage, integrity: string): number | undefined {
    if (!this.script.needsCredentials) return undefined;
    if (integrity !== 'right') return 401;
    const nonce = findAttribute(message, attributeType.nonce)?.value ?? new Uint8Array(0);
    return new TextDecoder().decode(nonce) === this.nonce ? undefined : 438;
  }

  #wants(): readonly AttributeToSend[] {
    return [
      { type: attributeType.realm, value: encoder.encode(realm) },
      { type: attributeType.nonce, value: encoder.encode(this.nonce) },
    ];
  }

  #success({ method, transactionId }: StunMessage): readonly AttributeToSend[] {
    const value = new Uint8Array(4);
    new DataView(value.buffer).setUint32(0, this.script.lifetime);
    const lifetime = { type: turnAttributeType.lifetime, value };
    if (method === 'refresh') return [lifetime];
    if (method !== 'allocate') return [];
    return [
      lifetime,
      xorAddressAttribute(turnAttributeType.xorRelayedAddress, relayed, transactionId),
      xorAddressAttribute(attributeType.xorMappedAddress, mapped, transactionId),
    ];
  }
}

function described(message: StunMessage, at: number, isAuthentic: boolean): Asked {
  const value = (type: number) => findAttribute(message, type)?.value;
  const lifetime = value(turnAttributeType.lifetime);
  const channel = value(turnAttributeType.channelNumber);
  const number = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const address = findXorAddress(message, turnAttributeType.xorPeerAddress);
  return {
    at,
    method: message.method,
    ...(lifetime === undefined ? {} : { lifetime: number(lifetime) }),
    ...(address === undefined ? {} : { peer: `${address.ip}:${address.port}` }),
    ...(channel === undefined ? {} : { channel: number(channel.subarray(0, 2)) }),
    isAuthentic,
  };
}
