import { createHash } from 'node:crypto';
import {
  assert,
  formatTransportAddress,
  milliseconds,
  type MonotonicMs,
  monotonicMs,
  type TransportAddress,
  wallClockMs,
} from '@rivero/core';
import {
  type AttributeToSend,
  attributeType,
  checkIntegrity,
  findAttribute,
  type IntegrityAlgorithm,
  type IntegrityResult,
  parseErrorCode,
  parseStunMessage,
  serializeStunMessage,
  type StunMessage,
  type StunMethod,
  turnAttributeType,
  xorAddressAttribute,
} from '../../../stun/index.ts';
import { longTermKey, type LongTermUser, type PasswordAlgorithm } from '../../long-term-credentials.ts';
import { PeerPolicy } from '../peer-policy.ts';
import { TurnAccounts } from '../turn-accounts.ts';
import type { RelayId, TurnPath } from '../turn-path.ts';
import { type TurnServerLimits, turnServerLimits } from '../turn-server-limits.ts';
import type { TurnOutput, TurnServerEvent } from '../turn-server-output.ts';
import { TurnServer, type TurnServerOptions } from '../turn-server.ts';

export const ann = { username: 'ann', password: 'secret' };
export const bob = { username: 'bob', password: 'also secret' };
export const secret = 'shared';
export const realm = 'example.org';
export const serverIp = '192.0.2.15';
export const peer = { ip: '198.51.100.2', port: 40_000 };
export const peerV6 = { ip: '2001:db8::2', port: 40_000 };

/** The wall clock at 0 of ours. */
export const wallAtStart = wallClockMs(1_800_000_000_000);

const encoder = new TextEncoder();
const ipOf = { 4: serverIp, 6: '2001:db8::15' } as const;

/** Bytes that differ and are always the same. */
export function counting(): (length: number) => Uint8Array {
  let count = 0;
  return (length) => {
    count += 1;
    return new Uint8Array(createHash('sha512').update(`${count}`).digest().subarray(0, length));
  };
}

export interface WorldOptions extends Partial<Pick<TurnServerOptions, 'families' | 'policy'>> {
  readonly limits?: Partial<TurnServerLimits>;
}

export interface Asking {
  readonly user?: LongTermUser;
  /** Left out: what the server gave last. */
  readonly nonce?: Uint8Array;
  readonly integrity?: IntegrityAlgorithm;
  readonly password?: PasswordAlgorithm;
  readonly transactionId?: Uint8Array;
  readonly fingerprint?: boolean;
}

/** What the server said, read. */
export interface Answered {
  readonly message: StunMessage;
  readonly bytes: Uint8Array;
  /** 0: success. */
  readonly code: number;
  readonly integrity: IntegrityResult;
}

/** A server, a driver that opens what it is asked for, and the time by hand. */
export class TurnWorld {
  readonly server: TurnServer;
  readonly messages: { readonly path: TurnPath; readonly bytes: Uint8Array }[] = [];
  readonly channelData: { readonly channel: number; readonly data: Uint8Array }[] = [];
  readonly toPeers: { readonly relay: RelayId; readonly peer: string; readonly data: Uint8Array }[] = [];
  readonly outputs: TurnOutput[] = [];
  readonly events: TurnServerEvent[] = [];
  readonly relays = new Map<RelayId, TransportAddress>();
  /** What could not be opened. */
  readonly failed: RelayId[] = [];
  readonly random = counting();
  /** What becomes of relays that are asked for. */
  opens: 'at-once' | 'never' | 'fails' = 'at-once';
  now: MonotonicMs = monotonicMs(0);
  #nextPort = 50_000;

  constructor({ limits = {}, families = [4, 6], policy }: WorldOptions = {}) {
    const accounts = new TurnAccounts({ realm, users: [ann, bob], secrets: ['older', secret] });
    const allow = ['198.51.100.0/24', '2001:db8::/32'];
    this.server = new TurnServer({
      random: counting(),
      accounts,
      policy: policy ?? new PeerPolicy({ allow, own: [], ownPorts: [] }),
      limits: { ...turnServerLimits, ...limits },
      families,
      sink: {
        sendMessage: (path, bytes) => void this.messages.push({ path, bytes }),
        sendChannelData: (_path, channel, data) => void this.channelData.push({ channel, data: data.slice() }),
        sendToPeer: (relay, to, data) =>
          void this.toPeers.push({ relay, peer: formatTransportAddress(to), data: data.slice() }),
      },
    });
    this.server.handleWallClock(wallAtStart, this.now);
  }

  /** Does what the server wants. */
  drive(): void {
    for (let output = this.server.pollOutput(); output !== undefined; output = this.server.pollOutput()) {
      this.outputs.push(output);
      if (output.type === 'open-relay') this.#open(output);
      if (output.type === 'close-relay') this.relays.delete(output.relay);
    }
    for (let event = this.server.pollEvent(); event !== undefined; event = this.server.pollEvent()) {
      this.events.push(event);
    }
  }

  /** Lets time pass, deadline by deadline. */
  runUntil(end: number): void {
    for (let turns = 0; this.server.deadline() <= end; turns++) {
      assert(turns < 10_000, 'time goes on');
      this.now = monotonicMs(Math.max(this.now, this.server.deadline()));
      this.server.handleTimeout(this.now);
      this.drive();
    }
    this.now = monotonicMs(end);
  }

  outputsOf<Type extends TurnOutput['type']>(type: Type): readonly Extract<TurnOutput, { type: Type }>[] {
    return this.outputs.filter((output): output is Extract<TurnOutput, { type: Type }> => output.type === type);
  }

  #open({ relay, family, port, next }: Extract<TurnOutput, { type: 'open-relay' }>): void {
    if (this.opens === 'never') return;
    if (this.opens === 'fails') {
      this.failed.push(relay, ...(next === undefined ? [] : [next]));
      this.server.handleRelayFailed(relay, this.now);
      return;
    }
    if (port !== 'any' && this.#nextPort % 2 === 1) this.#nextPort += 1;
    const address = { ip: ipOf[family], port: this.#nextPort++ };
    this.relays.set(relay, address);
    if (next !== undefined) this.relays.set(next, { ...address, port: this.#nextPort++ });
    this.server.handleRelayOpened(relay, address, this.now);
    this.drive();
  }
}

/** One client of a world: by datagrams, or by a connection. */
export class TurnCaller {
  readonly world: TurnWorld;
  readonly remote: TransportAddress;
  readonly connection: number | undefined;
  nonce: Uint8Array | undefined;

  constructor(world: TurnWorld, { ip = '203.0.113.7', port = 32_853, connection = -1 } = {}) {
    this.world = world;
    this.remote = { ip, port };
    this.connection = connection === -1 ? undefined : connection;
    if (connection !== -1) world.server.openConnection(connection, this.remote, false, world.now);
  }

  send(bytes: Uint8Array): void {
    const { world, connection, remote } = this;
    const view = bytes.slice();
    if (connection === undefined) world.server.handleDatagram(1, remote, view, world.now);
    else world.server.handleStreamMessage(connection, view, world.now);
    // Drivers receive into the same memory again.
    view.fill(0xee);
    world.drive();
  }

  /** With credentials, and a nonce that was asked for before. */
  ask(method: StunMethod, attributes: readonly AttributeToSend[] = [], asking: Asking = {}): Answered {
    this.nonce ??= this.challenge();
    return this.exchange(this.request(method, attributes, asking), asking);
  }

  /** The bytes of a request with credentials. */
  request(method: StunMethod, attributes: readonly AttributeToSend[] = [], asking: Asking = {}): Uint8Array {
    const { user = ann, nonce = this.nonce ?? new Uint8Array(0), integrity = 'sha1', password } = asking;
    return serializeStunMessage({
      method,
      class: 'request',
      transactionId: asking.transactionId ?? this.world.random(12),
      attributes: [
        ...attributes,
        text(attributeType.username, user.username),
        text(attributeType.realm, realm),
        { type: attributeType.nonce, value: nonce },
        ...(password === undefined ? [] : passwordAlgorithm(password)),
      ],
      integrity: { key: longTermKey(user, realm, password), algorithm: integrity },
      fingerprint: asking.fingerprint ?? false,
    });
  }

  /** A request as it stands, and the answer to it. */
  exchange(bytes: Uint8Array, asking: Asking = {}): Answered {
    const answer = this.tryExchange(bytes, asking);
    assert(answer !== undefined, 'the server answers');
    return answer;
  }

  tryExchange(bytes: Uint8Array, { user = ann, password }: Asking = {}): Answered | undefined {
    const { messages } = this.world;
    const before = messages.length;
    this.send(bytes);
    return messages.length === before ? undefined : readAnswer(messages[before].bytes, user, password);
  }

  /** The nonce of a 401. */
  challenge(): Uint8Array {
    const { message, code } = this.exchange(this.strange('allocate', [udp]));
    assert(code === 401, 'strangers are challenged');
    return Uint8Array.from(findAttribute(message, attributeType.nonce)?.value ?? new Uint8Array(0));
  }

  /** A request without credentials. */
  strange(method: StunMethod, attributes: readonly AttributeToSend[] = []): Uint8Array {
    const transactionId = this.world.random(12);
    return serializeStunMessage({ method, class: 'request', transactionId, attributes });
  }

  /** Allocates, and takes it for granted. */
  allocate(...attributes: readonly AttributeToSend[]): Answered {
    const answer = this.ask('allocate', [udp, ...attributes]);
    assert(answer.code === 0, `the allocation is refused with ${answer.code}`);
    return answer;
  }

  sendIndication(to: TransportAddress, data: Uint8Array, ...attributes: readonly AttributeToSend[]): void {
    const transactionId = this.world.random(12);
    const all = [peerAddress(to, transactionId), { type: turnAttributeType.data, value: data }, ...attributes];
    this.send(serializeStunMessage({ method: 'send', class: 'indication', transactionId, attributes: all }));
  }

  permit(...to: readonly TransportAddress[]): Answered {
    const transactionId = this.world.random(12);
    const attributes = to.map((each) => peerAddress(each, transactionId));
    return this.ask('create-permission', attributes, { transactionId });
  }

  bind(channel: number, to: TransportAddress): Answered {
    const transactionId = this.world.random(12);
    return this.ask('channel-bind', [channelNumber(channel), peerAddress(to, transactionId)], { transactionId });
  }

  /** Of RFC 6062; the answer comes when the driver has tried. */
  connect(to: TransportAddress, asking: Asking = {}): Answered | undefined {
    this.nonce ??= this.challenge();
    const transactionId = this.world.random(12);
    return this.tryExchange(
      this.request('connect', [peerAddress(to, transactionId)], { transactionId, ...asking }),
      asking,
    );
  }
}

export function readAnswer(bytes: Uint8Array, user: LongTermUser = ann, password?: PasswordAlgorithm): Answered {
  const message = parseStunMessage(bytes);
  assert(typeof message !== 'string', 'answers can be read');
  const error = findAttribute(message, attributeType.errorCode);
  const code = error === undefined ? 0 : (parseErrorCode(error.value)?.code ?? -1);
  return { message, bytes, code, integrity: checkIntegrity(message, longTermKey(user, realm, password)) };
}

export function peerAddress(to: TransportAddress, transactionId: Uint8Array): AttributeToSend {
  return xorAddressAttribute(turnAttributeType.xorPeerAddress, to, transactionId);
}

export function channelNumber(channel: number): AttributeToSend {
  return { type: turnAttributeType.channelNumber, value: Uint8Array.of(channel >> 8, channel & 0xff, 0, 0) };
}

export function lifetime(seconds: number): AttributeToSend {
  return { type: turnAttributeType.lifetime, value: uint32(seconds) };
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

export function family(type: number, number: number): AttributeToSend {
  return { type, value: Uint8Array.of(number, 0, 0, 0) };
}

export function text(type: number, value: string): AttributeToSend {
  return { type, value: encoder.encode(value) };
}

export const udp: AttributeToSend = { type: turnAttributeType.requestedTransport, value: Uint8Array.of(17, 0, 0, 0) };
export const tcp: AttributeToSend = { type: turnAttributeType.requestedTransport, value: Uint8Array.of(6, 0, 0, 0) };
export const dontFragment: AttributeToSend = { type: turnAttributeType.dontFragment, value: new Uint8Array(0) };

/** Seconds of LIFETIME. */
export function lifetimeOf({ message }: Answered): number {
  const value = findAttribute(message, turnAttributeType.lifetime)?.value ?? new Uint8Array(4);
  return new DataView(value.buffer, value.byteOffset, 4).getUint32(0);
}

function passwordAlgorithm(picked: PasswordAlgorithm): readonly AttributeToSend[] {
  return [
    { type: attributeType.passwordAlgorithms, value: Uint8Array.of(0, 2, 0, 0, 0, 1, 0, 0) },
    { type: attributeType.passwordAlgorithm, value: Uint8Array.of(0, picked === 'sha256' ? 2 : 1, 0, 0) },
  ];
}

/** Minutes in milliseconds. */
export function minutes(count: number): number {
  return milliseconds(count * 60_000);
}
