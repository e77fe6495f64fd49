import { describe, expect, it } from 'vitest';
import {
  attributeType,
  findAttribute,
  parseStunMessage,
  parseXorAddress,
  serializeStunMessage,
  type StunClass,
  type StunMethod,
  turnAttributeType,
} from '../../stun/index.ts';
import { serializeChannelData } from '../channel-data.ts';
import {
  channelNumber,
  dontFragment,
  family,
  lifetime,
  minutes,
  peer,
  peerAddress,
  peerV6,
  TurnCaller,
  TurnWorld,
  udp,
} from './test/turn-world.ts';

const channel = 0x4001;
const packet = Uint8Array.of(0x80, 1, 2);
const other = { ...peer, port: 9 };
const elsewhere = { ip: '198.51.100.3', port: 9 };
const unknown = { type: 0x7abc, value: new Uint8Array(1) };
const optional = { type: 0xfabc, value: new Uint8Array(5) };

function allocated(): { readonly world: TurnWorld; readonly caller: TurnCaller } {
  const world = new TurnWorld();
  const caller = new TurnCaller(world);
  caller.allocate();
  return { world, caller };
}

function fromPeer(world: TurnWorld, from = peer, data = packet): void {
  world.server.handlePeerDatagram(1, from, data, world.now);
}

describe('a request without an allocation (RFC 8656 section 5)', () => {
  it.each(['refresh', 'create-permission', 'channel-bind', 'connect'] as const)('%s is refused with 437', (method) => {
    const transactionId = new Uint8Array(12);
    const attributes = [peerAddress(peer, transactionId), channelNumber(channel)];
    expect(new TurnCaller(new TurnWorld()).ask(method, attributes, { transactionId }).code).toBe(437);
  });

  it('is refused with 437 by the same address at another listener, or by a connection', () => {
    const { world, caller } = allocated();
    const request = caller.request('refresh');
    const before = world.messages.length;
    world.server.handleDatagram(2, caller.remote, request, world.now);
    const answer = parseStunMessage(world.messages[before].bytes);
    expect(answer).toMatchObject({ class: 'error' });
    expect(world.messages[before].path).toMatchObject({ listener: 2 });
    expect(new TurnCaller(world, { connection: 1 }).ask('refresh').code).toBe(437);
    expect(caller.ask('refresh').code).toBe(0);
  });

  it('that releases it once more is refused with 437, which tells the client that it is gone (section 8.3)', () => {
    const { caller } = allocated();
    const transactionId = new Uint8Array(12).fill(9);
    expect(caller.ask('refresh', [lifetime(0)], { transactionId }).code).toBe(0);
    expect(caller.ask('refresh', [lifetime(0)], { transactionId }).code).toBe(437);
  });
});

describe('what is sent again (RFC 8656 section 5)', () => {
  it('is answered alike: Refresh, CreatePermission, ChannelBind', () => {
    const { caller } = allocated();
    const transactionId = new Uint8Array(12).fill(9);
    const attributes = [peerAddress(peer, transactionId), channelNumber(channel)];
    for (const method of ['refresh', 'create-permission', 'channel-bind'] as const) {
      const request = caller.request(method, method === 'refresh' ? [] : attributes, { transactionId });
      const first = caller.exchange(request);
      expect(first.code).toBe(0);
      expect(caller.exchange(request).bytes).toEqual(first.bytes);
    }
  });
});

describe('unknown attributes (RFC 8489 section 6.3.1)', () => {
  it.each(['allocate', 'refresh', 'create-permission', 'channel-bind', 'connect', 'connection-bind'] as const)(
    'that must be understood are told with 420 to %s, all of them',
    (method) => {
      const { caller } = allocated();
      const answer = caller.ask(method, [unknown, dontFragment, optional, { ...unknown, type: 0x001b }]);
      expect(answer).toMatchObject({ code: 420, integrity: 'right' });
      const told = findAttribute(answer.message, attributeType.unknownAttributes)?.value ?? [];
      expect([...told]).toEqual([0x7a, 0xbc, 0x00, 0x1b, 0x00, 0x1a]);
    },
  );

  it('that need not be are passed over: in requests, in Send, and in Binding', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate(optional);
    caller.permit(peer);
    caller.sendIndication(peer, packet, optional);
    caller.sendIndication(peer, packet, unknown);
    expect(world.toPeers).toHaveLength(1);
    expect(caller.exchange(caller.strange('binding', [optional])).code).toBe(0);
  });

  it('are told to nobody who did not prove who he is', () => {
    const caller = new TurnCaller(new TurnWorld());
    expect(caller.exchange(caller.strange('allocate', [udp, unknown])).code).toBe(401);
  });
});

describe('a message of a class that its method has not (RFC 8489 section 6.3)', () => {
  const none: readonly (readonly [StunMethod, StunClass])[] = [
    ['send', 'request'],
    ['data', 'request'],
    ['connection-attempt', 'request'],
    ['data', 'indication'],
    ['connection-attempt', 'indication'],
    ['allocate', 'indication'],
    ['refresh', 'indication'],
    ['binding', 'success'],
    ['allocate', 'error'],
  ];

  it.each(none)('%s as %s is dropped', (method, kind) => {
    const { world, caller } = allocated();
    const before = world.messages.length;
    const attributes = [udp, lifetime(0)];
    caller.send(serializeStunMessage({ method, class: kind, transactionId: new Uint8Array(12), attributes }));
    expect(world.messages).toHaveLength(before);
    expect(world.server.counters.get('unexpected')).toBe(1);
    expect(world.server.allocations).toBe(1);
  });
});

describe('Binding', () => {
  it('tells by a connection, too, what credentials come with it or not', () => {
    const caller = new TurnCaller(new TurnWorld(), { ip: '2a00::7', connection: 1 });
    const { message } = caller.exchange(caller.request('binding', [], { nonce: new Uint8Array(3), fingerprint: true }));
    expect(message.attributes.map(({ type }) => type)).toEqual([
      attributeType.xorMappedAddress,
      attributeType.fingerprint,
    ]);
    expect(parseXorAddress(message.attributes[0].value, message.transactionId)).toEqual(caller.remote);
  });
});

describe('permissions (RFC 8656 section 9)', () => {
  it('are for an address and all of its ports, whatever port CreatePermission names', () => {
    const { world, caller } = allocated();
    for (const port of [0, 1, 65_535]) expect(caller.permit({ ...peer, port }).code).toBe(0);
    const before = world.messages.length;
    for (const from of [peer, other, elsewhere]) fromPeer(world, from);
    expect(world.messages).toHaveLength(before + 2);
    for (const to of [peer, other, elsewhere]) caller.sendIndication(to, packet);
    expect(world.toPeers.map(({ peer: to }) => to)).toEqual(['198.51.100.2:40000', '198.51.100.2:9']);
    expect(world.server.counters.get('no-permission')).toBe(2);
  });

  it('of an IPv4 address in IPv6’s form are that IPv4 address’s, and judged so', () => {
    const { world, caller } = allocated();
    const mapped = { ...peer, ip: `::ffff:${peer.ip}` };
    expect(caller.permit({ ip: '::ffff:10.0.0.1', port: 0 }).code).toBe(403);
    expect(caller.permit(mapped).code).toBe(0);
    caller.sendIndication(mapped, packet);
    caller.sendIndication(peer, packet);
    expect(world.toPeers.map(({ peer: to }) => to)).toEqual(['198.51.100.2:40000', '198.51.100.2:40000']);
  });

  it('are one allocation’s alone, and gone with it', () => {
    const { world, caller } = allocated();
    caller.permit(peer);
    caller.bind(channel, other);
    const second = new TurnCaller(world, { port: 2 });
    second.allocate();
    second.sendIndication(peer, packet);
    second.send(serializeChannelData(channel, packet, false));
    expect(world.toPeers).toEqual([]);
    caller.ask('refresh', [lifetime(0)]);
    caller.allocate();
    caller.sendIndication(peer, packet);
    caller.send(serializeChannelData(channel, packet, false));
    expect(world.toPeers).toEqual([]);
    expect(second.bind(channel, elsewhere).code).toBe(0);
  });

  it('of both families come with one request to a dual allocation, and each packet by its own address', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate(family(turnAttributeType.additionalAddressFamily, 2));
    expect(caller.permit(peer, peerV6).code).toBe(0);
    expect(caller.bind(channel, peer).code).toBe(0);
    expect(caller.bind(channel + 1, peerV6).code).toBe(0);
    for (const number of [channel, channel + 1]) caller.send(serializeChannelData(number, packet, false));
    expect(world.toPeers.map(({ relay }) => relay)).toEqual([1, 2]);
    caller.ask('refresh', [lifetime(0), family(turnAttributeType.requestedAddressFamily, 1)]);
    caller.send(serializeChannelData(channel, packet, false));
    caller.sendIndication(peer, packet);
    expect(world.toPeers).toHaveLength(2);
    expect(world.server.counters.get('no-relay')).toBe(2);
    expect(caller.bind(channel, peer).code).toBe(443);
  });
});

describe('channels (RFC 8656 section 12)', () => {
  it.each([
    [0x0000, 400],
    [0x3fff, 400],
    [0x4000, 0],
    [0x4fff, 0],
    [0x8000, 400],
    [0xffff, 400],
  ])('0x%x is answered with %i', (number, code) => {
    expect(allocated().caller.bind(number, peer).code).toBe(code);
  });

  it('need a number and a peer, the first of each counts, and their reserved bytes do not', () => {
    const { world, caller } = allocated();
    const transactionId = new Uint8Array(12);
    const ask = (...attributes: Parameters<TurnCaller['ask']>[1] & object): number =>
      caller.ask('channel-bind', attributes, { transactionId }).code;
    expect(ask(channelNumber(channel))).toBe(400);
    expect(ask(peerAddress(peer, transactionId))).toBe(400);
    expect(ask({ type: turnAttributeType.channelNumber, value: Uint8Array.of(0x40, 1) })).toBe(400);
    const reserved = { type: turnAttributeType.channelNumber, value: Uint8Array.of(0x40, 1, 9, 9) };
    expect(ask(reserved, peerAddress(peer, transactionId), peerAddress(other, transactionId))).toBe(0);
    caller.send(serializeChannelData(channel, packet, false));
    expect(world.toPeers).toMatchObject([{ peer: '198.51.100.2:40000' }]);
  });

  it('are as they were after a ChannelBind that was refused', () => {
    const { world, caller } = allocated();
    caller.bind(channel, peer);
    expect(caller.bind(channel, elsewhere).code).toBe(400);
    expect(caller.bind(channel + 1, peer).code).toBe(400);
    caller.send(serializeChannelData(channel, packet, false));
    caller.send(serializeChannelData(channel + 1, packet, false));
    caller.sendIndication(elsewhere, packet);
    expect(world.toPeers).toMatchObject([{ peer: '198.51.100.2:40000' }]);
  });

  it('are not kept by what they carry, nor is the permission', () => {
    const { world, caller } = allocated();
    caller.bind(channel, peer);
    for (let minute = 1; minute < 10; minute++) {
      world.runUntil(minutes(minute));
      caller.send(serializeChannelData(channel, packet, false));
      fromPeer(world);
    }
    expect(world.channelData).toHaveLength(4);
    caller.ask('refresh');
    world.runUntil(minutes(10));
    expect(world.toPeers).toHaveLength(9);
    caller.send(serializeChannelData(channel, packet, false));
    expect(world.toPeers).toHaveLength(9);
  });

  it('carry nothing too, and packets of no length to and from others', () => {
    const { world, caller } = allocated();
    const nothing = new Uint8Array(0);
    caller.bind(channel, peer);
    const before = world.messages.length;
    caller.send(serializeChannelData(channel, nothing, false));
    caller.sendIndication(other, nothing);
    fromPeer(world, peer, nothing);
    fromPeer(world, other, nothing);
    expect(world.toPeers.map(({ data }) => data.length)).toEqual([0, 0]);
    expect(world.channelData).toEqual([{ channel, data: nothing }]);
    const told = parseStunMessage(world.messages[before].bytes);
    const data = typeof told === 'string' ? undefined : findAttribute(told, turnAttributeType.data);
    expect(data?.value).toHaveLength(0);
  });

  it('may be left for Send by the client, never for Data by the server', () => {
    const { world, caller } = allocated();
    caller.bind(channel, peer);
    const before = world.messages.length;
    caller.sendIndication(peer, packet);
    caller.permit(peer);
    fromPeer(world);
    expect(world.toPeers).toHaveLength(1);
    expect(world.messages).toHaveLength(before + 1);
    expect(world.channelData).toEqual([{ channel, data: packet }]);
  });

  it('can be others’ when they expired: the number another peer’s, the peer another number', () => {
    const { world, caller } = allocated();
    caller.bind(channel, peer);
    caller.ask('refresh', [lifetime(1_200)]);
    world.runUntil(minutes(10));
    expect(caller.bind(channel, elsewhere).code).toBe(0);
    expect(caller.bind(channel + 1, peer).code).toBe(0);
    for (const from of [elsewhere, peer]) fromPeer(world, from);
    expect(world.channelData.map(({ channel: by }) => by)).toEqual([channel, channel + 1]);
  });
});
