import { assert, bitsPerSecond, wallClockMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import {
  attributeType,
  findAttribute,
  parseErrorCode,
  parseStunMessage,
  parseXorAddress,
  turnAttributeType,
} from '../../stun/index.ts';
import { timeLimitedUser } from './turn-accounts.ts';
import { turnServerLimits } from './turn-server-limits.ts';
import {
  ann,
  bob,
  channelNumber,
  dontFragment,
  lifetime,
  minutes,
  peer,
  peerAddress,
  peerV6,
  readAnswer,
  secret,
  tcp,
  TurnCaller,
  TurnWorld,
  uint32,
  wallAtStart,
} from './test/turn-world.ts';

const { connectionId, evenPort, reservationToken } = turnAttributeType;

/** A client with a TCP relay, by connection 1. */
function allocated(options: ConstructorParameters<typeof TurnWorld>[0] = {}): { world: TurnWorld; caller: TurnCaller } {
  const world = new TurnWorld(options);
  const caller = new TurnCaller(world, { connection: 1 });
  expect(caller.ask('allocate', [tcp]).code).toBe(0);
  expect(world.outputsOf('open-relay')).toMatchObject([{ transport: 'tcp' }]);
  return { world, caller };
}

function idIn(bytes: Uint8Array): number {
  const message = parseStunMessage(bytes);
  assert(typeof message !== 'string', 'it is a message');
  const value = findAttribute(message, connectionId)?.value ?? new Uint8Array(4);
  return new DataView(value.buffer, value.byteOffset).getUint32(0);
}

function bindConnection(caller: TurnCaller, id: number, user = ann): number {
  return caller.ask('connection-bind', [{ type: connectionId, value: uint32(id) }], { user }).code;
}

describe('a TCP relay', () => {
  const timeLimited = timeLimitedUser(secret, 'carol', wallClockMs(wallAtStart + minutes(60)));

  it.each([
    { tcpRelays: 'users', user: ann, code: 0 },
    { tcpRelays: 'users', user: timeLimited, code: 403 },
    { tcpRelays: 'all', user: ann, code: 0 },
    { tcpRelays: 'all', user: timeLimited, code: 0 },
    { tcpRelays: 'off', user: ann, code: 403 },
    { tcpRelays: 'off', user: timeLimited, code: 403 },
  ] as const)('is for $tcpRelays: $code for $user.username', ({ tcpRelays, user, code }) => {
    const world = new TurnWorld({ limits: { tcpRelays } });
    const caller = new TurnCaller(world, { connection: 1 });
    const answer = caller.ask('allocate', [tcp], { user });
    expect(answer.code).toBe(code);
    const error = findAttribute(answer.message, attributeType.errorCode);
    expect(error && parseErrorCode(error.value)?.reason).toBe(code === 0 ? undefined : 'No TCP Relays for This User');
    expect(world.server.allocations).toBe(code === 0 ? 1 : 0);
  });

  it('is for users of the configuration alone unless it is said otherwise', () => {
    expect(turnServerLimits.tcpRelays).toBe('users');
  });
});

describe('Connect (RFC 6062 section 5.2)', () => {
  it('is answered when the peer is there, and the connection waits to be bound', () => {
    const { world, caller } = allocated();
    expect(caller.connect(peer)).toBeUndefined();
    const [{ peer: id, address, relay }] = world.outputsOf('connect-peer');
    expect({ address, relay }).toEqual({ address: peer, relay: 1 });
    const before = world.messages.length;
    world.server.handlePeerConnected(id, world.now);
    const answer = readAnswer(world.messages[before].bytes);
    expect(answer).toMatchObject({ code: 0, integrity: 'right', message: { method: 'connect' } });
    expect(idIn(answer.bytes)).toBe(id);
    const data = new TurnCaller(world, { connection: 2, port: 40_001 });
    expect(bindConnection(data, id)).toBe(0);
    expect(world.outputsOf('join')).toEqual([{ type: 'join', connection: 2, peer: id }]);
    world.runUntil(minutes(9));
    expect(world.outputsOf('close-connection')).toEqual([]);
    expect(data.tryExchange(data.strange('binding'))).toBeUndefined();
  });

  it('is answered with 447 when the peer refuses, or says nothing for 30 s', () => {
    const { world, caller } = allocated();
    caller.connect(peer);
    caller.connect({ ...peer, port: 9 });
    const [{ peer: refusing }, { peer: silent }] = world.outputsOf('connect-peer');
    const before = world.messages.length;
    world.server.handlePeerClosed(refusing);
    world.runUntil(29_999);
    expect(world.messages).toHaveLength(before + 1);
    world.runUntil(30_000);
    expect(world.messages.slice(before).map(({ bytes }) => readAnswer(bytes).code)).toEqual([447, 447]);
    expect(world.outputsOf('close-peer').map(({ peer: id }) => id)).toEqual([refusing, silent]);
  });

  it('is refused with 400, 403, 437, 443, 446 and 508', () => {
    const { world, caller } = allocated({ limits: { peerDataConnectionsMax: 2 } });
    expect(caller.ask('connect').code).toBe(400);
    expect(caller.connect({ ip: '10.0.0.1', port: 22 })?.code).toBe(403);
    expect(caller.connect(peerV6)?.code).toBe(443);
    expect(caller.connect(peer)).toBeUndefined();
    expect(caller.connect(peer)?.code).toBe(446);
    expect(caller.connect({ ...peer, port: 9 })).toBeUndefined();
    expect(caller.connect({ ...peer, port: 10 })?.code).toBe(508);
    expect(new TurnCaller(world, { connection: 2, port: 2 }).connect(peer)?.code).toBe(437);
    const datagrams = new TurnCaller(world, { port: 3 });
    datagrams.allocate();
    expect(datagrams.connect(peer)?.code).toBe(400);
  });
});

describe('peer data connections', () => {
  const limits = { peerDataConnectionsPerUserMax: 3, peerDataConnectionsInAllMax: 4 };

  it('are so many of a user and so many in all, whoever made them: 508', () => {
    const world = new TurnWorld({ limits });
    const [first, second, third] = [ann, ann, bob].map((user, i) => {
      const caller = new TurnCaller(world, { connection: i + 1, port: i + 1 });
      expect(caller.ask('allocate', [tcp], { user }).code).toBe(0);
      return caller;
    });
    const to = (port: number): typeof peer => ({ ...peer, port });
    first.permit(peer);
    expect([first.connect(to(1)), first.connect(to(2))]).toEqual([undefined, undefined]);
    expect(second.connect(to(1))).toBeUndefined();
    expect(second.connect(to(2))?.code).toBe(508);
    expect(world.server.handlePeerAccepted(1, to(9), world.now)).toBeUndefined();
    expect(third.connect(to(1), { user: bob })).toBeUndefined();
    expect(third.connect(to(2), { user: bob })?.code).toBe(508);
    world.server.handlePeerClosed(world.outputsOf('connect-peer')[0].peer);
    expect(third.connect(to(2), { user: bob })).toBeUndefined();
  });

  it('are refused with 508 to a source that tries one port after the other', () => {
    const { world, caller } = allocated({ limits: { openings: { perSecond: 1, burst: 4 } } });
    for (let port = 1; port <= 3; port++) {
      expect(caller.connect({ ...peer, port })).toBeUndefined();
      world.server.handlePeerClosed(world.outputsOf('connect-peer')[port - 1].peer);
    }
    expect(caller.connect({ ...peer, port: 4 })?.code).toBe(508);
  });
});

describe('a peer that connects', () => {
  it('is told to the client by ConnectionAttempt when it has a permission', () => {
    const { world, caller } = allocated();
    expect(world.server.handlePeerAccepted(1, peer, world.now)).toBeUndefined();
    caller.permit(peer);
    const before = world.messages.length;
    const id = world.server.handlePeerAccepted(1, peer, world.now);
    const message = parseStunMessage(world.messages[before].bytes);
    assert(typeof message !== 'string', 'it is a message');
    expect(message).toMatchObject({ method: 'connection-attempt', class: 'indication' });
    const from = findAttribute(message, turnAttributeType.xorPeerAddress)?.value ?? new Uint8Array(0);
    expect(parseXorAddress(from, message.transactionId)).toEqual(peer);
    expect(idIn(message.bytes)).toBe(id);
    expect(bindConnection(new TurnCaller(world, { connection: 2, port: 2 }), id ?? 0)).toBe(0);
  });

  it('is let go when nobody binds it within 30 s, when there are too many, and at addresses that are gone', () => {
    const { world, caller } = allocated({ limits: { peerDataConnectionsMax: 1 } });
    caller.permit(peer);
    const id = world.server.handlePeerAccepted(1, peer, world.now);
    expect(world.server.handlePeerAccepted(1, { ...peer, port: 9 }, world.now)).toBeUndefined();
    expect(world.server.handlePeerAccepted(99, peer, world.now)).toBeUndefined();
    world.runUntil(30_000);
    expect(world.outputsOf('close-peer')).toEqual([{ type: 'close-peer', peer: id }]);
    expect(bindConnection(new TurnCaller(world, { connection: 2, port: 2 }), id ?? 0)).toBe(400);
  });
});

describe('ConnectionBind (RFC 6062 section 5.4)', () => {
  it('is refused for another user with 441, and with 400 for ids that are unknown, joined or missing', () => {
    const { world, caller } = allocated();
    caller.permit(peer);
    const id = world.server.handlePeerAccepted(1, peer, world.now) ?? 0;
    const data = new TurnCaller(world, { connection: 2, port: 2 });
    expect(bindConnection(data, id, bob)).toBe(441);
    expect(bindConnection(data, id + 1)).toBe(400);
    expect(data.ask('connection-bind').code).toBe(400);
    expect(bindConnection(caller, id)).toBe(400);
    expect(bindConnection(new TurnCaller(world, { port: 3 }), id)).toBe(400);
    expect(bindConnection(data, id)).toBe(0);
    expect(bindConnection(new TurnCaller(world, { connection: 4, port: 4 }), id)).toBe(400);
  });
});

describe('joined connections', () => {
  function joined(options: ConstructorParameters<typeof TurnWorld>[0] = {}): {
    world: TurnWorld;
    caller: TurnCaller;
    id: number;
  } {
    const { world, caller } = allocated(options);
    caller.permit(peer);
    const id = world.server.handlePeerAccepted(1, peer, world.now) ?? 0;
    bindConnection(new TurnCaller(world, { connection: 2, port: 2 }), id);
    return { world, caller, id };
  }

  const ends: readonly { readonly what: string; readonly end: (world: TurnWorld, id: number) => void }[] = [
    { what: 'the peer', end: ({ server }, id) => server.handlePeerClosed(id) },
    { what: 'the client’s connection', end: ({ server, now }) => server.handleConnectionClosed(2, now) },
    { what: 'the connection of the allocation', end: ({ server, now }) => server.handleConnectionClosed(1, now) },
    { what: 'the allocation', end: (world) => world.runUntil(minutes(10)) },
  ];

  it.each(ends)('end, both, with $what', ({ end }) => {
    const { world, id } = joined();
    end(world, id);
    world.drive();
    expect(world.outputsOf('close-peer')).toEqual([{ type: 'close-peer', peer: id }]);
    expect(world.outputsOf('close-connection')).toEqual([{ type: 'close-connection', connection: 2 }]);
  });

  it('are counted, and slowed down to the user’s bandwidth', () => {
    const { world, caller, id } = joined({ limits: { bandwidthPerUser: bitsPerSecond(8_000) } });
    expect(world.server.handlePeerBytes(id, 'client', 1_000, world.now)).toBe(0);
    expect(world.server.handlePeerBytes(id, 'peer', 500, world.now)).toBe(500);
    caller.ask('refresh', [lifetime(0)]);
    expect(world.events.at(-1)).toMatchObject({ bytesFromClient: 1_000, bytesFromPeers: 500 });
    expect(world.server.handlePeerBytes(id, 'peer', 500, world.now)).toBe(0);
  });
});

it('gives TCP relays nothing of UDP’s: even ports, tokens, channels, Send', () => {
  const world = new TurnWorld();
  const caller = new TurnCaller(world, { connection: 1 });
  expect(caller.ask('allocate', [tcp, { type: evenPort, value: new Uint8Array(1) }]).code).toBe(400);
  expect(caller.ask('allocate', [tcp, { type: reservationToken, value: new Uint8Array(8) }]).code).toBe(400);
  expect(caller.ask('allocate', [tcp, dontFragment]).code).toBe(420);
  expect(caller.ask('allocate', [tcp]).code).toBe(0);
  caller.permit(peer);
  caller.sendIndication(peer, Uint8Array.of(1));
  expect(world.toPeers).toEqual([]);
  const transactionId = new Uint8Array(12);
  const attributes = [channelNumber(0x4000), peerAddress(peer, transactionId)];
  expect(caller.ask('channel-bind', attributes, { transactionId }).code).toBe(400);
});
