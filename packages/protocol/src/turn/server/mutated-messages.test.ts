import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttributeToSend,
  attributeType,
  findAttribute,
  type StunMethod,
  turnAttributeType,
} from '../../stun/index.ts';
import { serializeChannelData } from '../channel-data.ts';
import { methods, openRelays, transactionId } from './test/fuzzing.ts';
import {
  ann,
  bob,
  channelNumber,
  family,
  lifetime,
  peer,
  peerAddress,
  peerV6,
  tcp,
  text,
  TurnCaller,
  TurnWorld,
  udp,
} from './test/turn-world.ts';

const { additionalAddressFamily, connectionId, evenPort, requestedAddressFamily, reservationToken } = turnAttributeType;
const limits = {
  allocationsMax: 6,
  allocationsPerUserMax: 4,
  permissionsMax: 3,
  channelsMax: 2,
  peerDataConnectionsMax: 2,
  // Nobody is silenced: each message counts.
  challenges: { perSecond: 10_000, burst: 10_000 },
  guesses: { perSecond: 10_000, burst: 10_000 },
};
const ips = Array.from({ length: 8 }, (_, i) => `198.51.100.${i + 1}`);

/** Callers with an allocation each: UDP of one family and of both, by a connection, and TCP. */
function openWorld(): { readonly world: TurnWorld; readonly callers: TurnCaller[] } {
  const world = new TurnWorld({ limits });
  const callers = [
    new TurnCaller(world, { port: 1 }),
    new TurnCaller(world, { port: 2 }),
    new TurnCaller(world, { port: 3, connection: 1 }),
    new TurnCaller(world, { port: 4, connection: 2 }),
  ];
  callers[0].allocate();
  callers[1].allocate(family(additionalAddressFamily, 2));
  callers[2].allocate({ type: evenPort, value: Uint8Array.of(0x80) });
  expect(callers[3].ask('allocate', [tcp], { user: bob }).code).toBe(0);
  for (const caller of callers.slice(0, 3)) {
    caller.permit({ ip: ips[0], port: 0 });
    caller.bind(0x4001, peer);
  }
  return { world, callers };
}

function checkInvariants(world: TurnWorld): void {
  const { server, events, relays } = world;
  const told = (type: string): number => events.filter((event) => event.type === type).length;
  expect(told('allocated') - told('closed')).toBe(server.allocations);
  expect(server.allocations).toBeLessThanOrEqual(limits.allocationsMax);
  expect(openRelays(world)).toEqual(new Set(relays.keys()));
  expect(world.toPeers.every(({ peer: to }) => /^198\.51\.100\.|^\[?2001:db8:/.test(to))).toBe(true);
}

/** As many addresses as permissions allow get something to each relay, however they came to be. */
function checkPermissions(world: TurnWorld): void {
  for (const relay of world.relays.keys()) {
    const before = world.messages.length + world.channelData.length;
    for (const ip of ips) world.server.handlePeerDatagram(relay, { ip, port: 7 }, Uint8Array.of(1), world.now);
    const passed = world.messages.length + world.channelData.length - before;
    expect(passed).toBeLessThanOrEqual(limits.permissionsMax);
  }
}

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const known: fc.Arbitrary<AttributeToSend> = fc.oneof(
  fc.constantFrom(
    udp,
    tcp,
    channelNumber(0x4001),
    channelNumber(0x4002),
    channelNumber(0x4fff),
    lifetime(0),
    lifetime(700),
  ),
  fc.constantFrom(...ips).map((ip) => peerAddress({ ip, port: 40_000 }, transactionId)),
  fc
    .constantFrom(peer, { ...peer, port: 0 }, peerV6, { ip: '127.0.0.1', port: 80 })
    .map((to) => peerAddress(to, transactionId)),
  fc
    .tuple(fc.constantFrom(requestedAddressFamily, additionalAddressFamily), fc.nat(3))
    .map(([type, of]) => family(type, of)),
  fc.constantFrom(0, 0x80, 0xff).map((bits) => ({ type: evenPort, value: Uint8Array.of(bits) })),
  fc.record({
    type: fc.constantFrom(connectionId, reservationToken, turnAttributeType.data, ...Object.values(turnAttributeType)),
    value: bytes(24),
  }),
  fc.record({ type: fc.constantFrom(...Object.values(attributeType)), value: bytes(40) }),
);

/** What happens to bytes on the way. */
const damage: fc.Arbitrary<(whole: Uint8Array) => Uint8Array> = fc.oneof(
  { weight: 8, arbitrary: fc.constant((whole: Uint8Array) => whole) },
  fc.tuple(fc.nat(500), fc.nat(7)).map(([at, bit]) => (whole: Uint8Array) => {
    const copy = whole.slice();
    copy[at % copy.length] ^= 1 << bit;
    return copy;
  }),
  fc.nat(500).map((length) => (whole: Uint8Array) => whole.slice(0, length % whole.length)),
  bytes(12).map((more) => (whole: Uint8Array) => Uint8Array.of(...whole, ...more)),
  fc.tuple(fc.nat(500), fc.nat(500)).map(([a, b]) => (whole: Uint8Array) => {
    const copy = whole.slice();
    [copy[a % copy.length], copy[b % copy.length]] = [copy[b % copy.length], copy[a % copy.length]];
    return copy;
  }),
);

/** What each method asks for. */
const wanted: Partial<Record<StunMethod, readonly AttributeToSend[]>> = {
  allocate: [udp],
  'create-permission': [peerAddress({ ip: ips[2], port: 0 }, transactionId)],
  'channel-bind': [channelNumber(0x4003), peerAddress({ ip: ips[3], port: 5 }, transactionId)],
  connect: [peerAddress({ ip: ips[4], port: 80 }, transactionId)],
};

interface Step {
  readonly who: number;
  readonly method: StunMethod;
  readonly attributes: readonly AttributeToSend[];
  /** Those of before come behind the ones that are wanted. */
  readonly isWanted: boolean;
  readonly isOther: boolean;
  readonly isRepeated: boolean;
  /** Before the integrity is made it is the attributes that are broken, so that somebody known sends them; behind it, this. */
  readonly damage: (whole: Uint8Array) => Uint8Array;
  readonly data: number;
  readonly pause: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(3),
  method: fc.constantFrom(...methods),
  attributes: fc.array(known, { maxLength: 3, size: 'max' }),
  isWanted: fc.boolean(),
  isOther: fc.nat(9).map((one) => one === 0),
  isRepeated: fc.nat(3).map((one) => one > 0),
  damage,
  data: fc.nat(4),
  pause: fc.constantFrom(0, 0, 0, 1_000, 29_000, 61_000),
});

function run(world: TurnWorld, callers: TurnCaller[], each: Step): void {
  const caller = callers[each.who];
  const id = each.isRepeated ? transactionId : world.random(12);
  const attributes = [...((each.isWanted ? wanted[each.method] : undefined) ?? []), ...each.attributes];
  const user = (each.who === 3) === each.isOther ? ann : bob;
  const request = caller.request(each.method, attributes, { transactionId: id, user });
  const before = world.messages.length;
  caller.send(each.damage(request));
  expect(world.messages.length - before).toBeLessThanOrEqual(1);
  // A nonce that became stale is renewed, and a connection that ended, so that later steps are not for nothing.
  const { connection = -1, remote } = caller;
  const isOver = world.outputs.some((output) => output.type === 'close-connection' && output.connection === connection);
  callers[each.who] = isOver ? new TurnCaller(world, { ...remote, connection }) : caller;
  callers[each.who].nonce = callers[each.who].challenge();
  caller.send(each.damage(serializeChannelData(0x4001, new Uint8Array(each.data), each.data % 2 === 0)));
  caller.sendIndication(peer, new Uint8Array(each.data), ...each.attributes.slice(0, 1));
  for (const { peer: connected } of world.outputsOf('connect-peer').slice(-1)) {
    if (each.data === 0) world.server.handlePeerConnected(connected, world.now);
    else world.server.handlePeerClosed(connected);
  }
  world.drive();
  if (each.pause > 0) world.runUntil(world.now + each.pause);
}

describe('messages that were right once, and were changed', () => {
  it('throw nothing, and leave as many allocations, relays and permissions as were told, in the end none', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (plan) => {
        const { world, callers } = openWorld();
        for (const each of plan) {
          run(world, callers, each);
          checkInvariants(world);
        }
        checkPermissions(world);
        world.runUntil(world.now + 4_000_000);
        checkInvariants(world);
        expect(world.server.allocations).toBe(0);
        expect(world.relays.size).toBe(0);
        expect(world.server.deadline()).toBe(Infinity);
      }),
      { numRuns: 150 },
    );
  });

  it('do no harm to others: whoever comes then gets an allocation that works', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20, size: 'max' }), (plan) => {
        const { world, callers } = openWorld();
        for (const each of plan) run(world, callers, each);
        // Those of before are over.
        world.runUntil(world.now + 4_000_000);
        const late = new TurnCaller(world, { port: 9 });
        const answer = late.allocate();
        expect(findAttribute(answer.message, turnAttributeType.xorRelayedAddress)).toBeDefined();
        late.permit(peer);
        const before = world.toPeers.length;
        late.sendIndication(peer, Uint8Array.of(1));
        expect(world.toPeers).toHaveLength(before + 1);
      }),
      { numRuns: 40 },
    );
  });

  it('of a stranger get no longer answers than a challenge, and no more than one each', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ attributes: fc.array(known, { maxLength: 5 }), damage }), { maxLength: 20 }),
        (plan) => {
          const world = new TurnWorld({ limits });
          const stranger = new TurnCaller(world);
          for (const { attributes, damage: harm } of plan) {
            const named = [...attributes, text(attributeType.software, 'x')];
            const before = world.messages.length;
            for (const method of methods) stranger.send(harm(stranger.strange(method, named)));
            const answers = world.messages.slice(before);
            expect(answers.length).toBeLessThanOrEqual(methods.length);
            for (const { bytes: answer } of answers) expect(answer.length).toBeLessThanOrEqual(116);
          }
          expect(world.outputs).toEqual([]);
          expect(world.server.deadline()).toBe(Infinity);
        },
      ),
      { numRuns: 60 },
    );
  });
});
