import { milliseconds, monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { attributeType, findAttribute, parseXorAddress, turnAttributeType } from '../../stun/index.ts';
import {
  type Answered,
  bob,
  dontFragment,
  family,
  lifetime,
  lifetimeOf,
  minutes,
  peer,
  serverIp,
  tcp,
  TurnCaller,
  TurnWorld,
  udp,
} from './test/turn-world.ts';

const { additionalAddressFamily, evenPort, requestedAddressFamily, reservationToken } = turnAttributeType;
const anyEven = { type: evenPort, value: Uint8Array.of(0) };
const pair = { type: evenPort, value: Uint8Array.of(0x80) };
const unknownToken = { type: reservationToken, value: new Uint8Array(8) };

function relayedOf({ message }: Answered): readonly (string | undefined)[] {
  return message.attributes
    .filter(({ type }) => type === turnAttributeType.xorRelayedAddress)
    .map(({ value }) => parseXorAddress(value, message.transactionId))
    .map((address) => address && `${address.ip} ${address.port}`);
}

function tokenOf({ message }: Answered): { type: number; value: Uint8Array } {
  return { type: reservationToken, value: Uint8Array.from(findAttribute(message, reservationToken)?.value ?? []) };
}

describe('Binding', () => {
  it('tells strangers their address, in 32 bytes', () => {
    const caller = new TurnCaller(new TurnWorld());
    const { message, bytes } = caller.exchange(caller.strange('binding'));
    const mapped = findAttribute(message, attributeType.xorMappedAddress);
    expect(mapped && parseXorAddress(mapped.value, message.transactionId)).toEqual(caller.remote);
    expect(bytes.length).toBe(32);
  });

  it('is refused with 420 for what it does not know, TURN’s attributes included', () => {
    const caller = new TurnCaller(new TurnWorld());
    const { code, message } = caller.exchange(
      caller.strange('binding', [udp, { type: 0x7abc, value: new Uint8Array(4) }]),
    );
    expect(code).toBe(420);
    expect(findAttribute(message, attributeType.unknownAttributes)?.value).toEqual(Uint8Array.of(0, 0x19, 0x7a, 0xbc));
  });

  it('is answered so often and no more', () => {
    const world = new TurnWorld({ limits: { bindings: { perSecond: 1, burst: 3 } } });
    const caller = new TurnCaller(world);
    for (let i = 0; i < 10; i++) caller.send(caller.strange('binding'));
    expect(world.messages).toHaveLength(3);
    expect(world.server.counters.get('binding-limited')).toBe(7);
  });
});

describe('Allocate', () => {
  it('opens a relayed address and tells it, the client’s own, and how long it is good', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    const answer = caller.allocate();
    expect(relayedOf(answer)).toEqual([`${serverIp} 50000`]);
    expect(lifetimeOf(answer)).toBe(600);
    const mapped = findAttribute(answer.message, attributeType.xorMappedAddress);
    expect(mapped && parseXorAddress(mapped.value, answer.message.transactionId)).toEqual(caller.remote);
    expect(world.events).toMatchObject([{ type: 'allocated', identity: 'ann', relayed: [{ port: 50_000 }] }]);
  });

  it.each([
    [0, 600],
    [1, 600],
    [599, 600],
    [601, 601],
    [3_600, 3_600],
    [3_601, 3_600],
    [0xffffffff, 3_600],
  ])('asked for %i s gives %i s', (asked, granted) => {
    expect(lifetimeOf(new TurnCaller(new TurnWorld()).allocate(lifetime(asked)))).toBe(granted);
  });

  it('sent again is answered the same, and opens nothing', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    const transactionId = new Uint8Array(12).fill(7);
    const first = caller.ask('allocate', [udp], { transactionId });
    const again = caller.ask('allocate', [udp], { transactionId });
    expect(again.bytes).toEqual(first.bytes);
    expect(world.outputsOf('open-relay')).toHaveLength(1);
    expect(caller.ask('allocate', [udp]).code).toBe(437);
  });

  it('sent again while the address is being opened is answered once', () => {
    const world = new TurnWorld();
    world.opens = 'never';
    const caller = new TurnCaller(world);
    caller.nonce = caller.challenge();
    const request = caller.request('allocate', [udp]);
    expect(caller.tryExchange(request)).toBeUndefined();
    expect(caller.tryExchange(request)).toBeUndefined();
    expect(caller.ask('refresh').code).toBe(437);
    const [{ relay }] = world.outputsOf('open-relay');
    const before = world.messages.length;
    world.server.handleRelayOpened(relay, { ip: serverIp, port: 9 }, world.now);
    world.server.handleRelayOpened(relay, { ip: serverIp, port: 10 }, world.now);
    expect(world.messages).toHaveLength(before + 1);
  });

  it('that the driver never opens is over after 10 s, and its address is closed', () => {
    const world = new TurnWorld();
    world.opens = 'never';
    const caller = new TurnCaller(world);
    caller.nonce = caller.challenge();
    caller.send(caller.request('allocate', [udp]));
    world.runUntil(10_000);
    expect(world.server.allocations).toBe(0);
    expect(world.outputsOf('close-relay')).toHaveLength(1);
  });

  it.each([
    ['no REQUESTED-TRANSPORT', 400, []],
    ['a broken REQUESTED-TRANSPORT', 400, [{ type: udp.type, value: Uint8Array.of(17) }]],
    ['another transport', 442, [{ type: udp.type, value: Uint8Array.of(132, 0, 0, 0) }]],
    ['TCP relays over UDP (RFC 6062 section 5.1)', 400, [tcp]],
    ['DONT-FRAGMENT, which we cannot', 420, [udp, dontFragment]],
    ['an unknown attribute', 420, [udp, { type: 0x7fff, value: new Uint8Array(0) }]],
    ['an unknown family', 440, [udp, family(requestedAddressFamily, 3)]],
    ['both family attributes', 400, [udp, family(requestedAddressFamily, 1), family(additionalAddressFamily, 2)]],
    ['IPv4 as the additional family', 400, [udp, family(additionalAddressFamily, 1)]],
    ['a pair and an additional family', 400, [udp, family(additionalAddressFamily, 2), pair]],
    ['a token and an additional family', 400, [udp, family(additionalAddressFamily, 2), unknownToken]],
    ['a token and a family', 400, [udp, family(requestedAddressFamily, 1), unknownToken]],
    ['a token and an even port', 400, [udp, anyEven, unknownToken]],
    ['a broken token', 400, [udp, { type: reservationToken, value: new Uint8Array(7) }]],
    ['a broken EVEN-PORT', 400, [udp, { type: evenPort, value: new Uint8Array(4) }]],
    ['an unknown token', 508, [udp, unknownToken]],
  ])('is refused for %s with %i', (_name, code, attributes) => {
    const world = new TurnWorld();
    const answer = new TurnCaller(world).ask('allocate', attributes);
    expect(answer.code).toBe(code);
    expect(answer.integrity).toBe('right');
    expect(world.server.allocations).toBe(0);
  });

  it('is refused with 440 for a family that we have not, with 508 when no port is left', () => {
    const world = new TurnWorld({ families: [4] });
    expect(new TurnCaller(world).ask('allocate', [udp, family(requestedAddressFamily, 2)]).code).toBe(440);
    world.opens = 'fails';
    expect(new TurnCaller(world).ask('allocate', [udp]).code).toBe(508);
    expect(world.server.allocations).toBe(0);
  });

  it('is refused with 486 beyond a user’s quota, with 508 beyond everybody’s, until one is given back', () => {
    const world = new TurnWorld({ limits: { allocationsPerUserMax: 2, allocationsMax: 3 } });
    const [first, second, third, fourth] = [1, 2, 3, 4].map((port) => new TurnCaller(world, { port }));
    first.allocate();
    second.allocate();
    expect(third.ask('allocate', [udp]).code).toBe(486);
    expect(third.ask('allocate', [udp], { user: bob }).code).toBe(0);
    expect(fourth.ask('allocate', [udp], { user: bob }).code).toBe(508);
    first.ask('refresh', [lifetime(0)]);
    expect(fourth.ask('allocate', [udp], { user: bob }).code).toBe(0);
    expect(world.events.filter(({ type }) => type === 'quota-reached')).toHaveLength(2);
    expect(world.server.counters.get('quota-reached')).toBe(2);
  });

  it('is refused with 486 beyond what one source may have, however many names it has', () => {
    const world = new TurnWorld({ limits: { allocationsPerSourceMax: 3 } });
    const at = (ip: string, port: number): TurnCaller => new TurnCaller(world, { ip, port });
    const [first] = [1, 2].map((port) => at('2001:db8:1:2::1', port)).map((caller) => (caller.allocate(), caller));
    expect(at('2001:db8:1:2::2', 3).ask('allocate', [udp], { user: bob }).code).toBe(0);
    const fourth = at('2001:db8:1:2:ffff::3', 4);
    expect(fourth.ask('allocate', [udp], { user: bob }).code).toBe(486);
    at('2001:db8:1:3::1', 1).allocate();
    first.ask('refresh', [lifetime(0)]);
    expect(fourth.ask('allocate', [udp], { user: bob }).code).toBe(0);
  });

  it('is refused with 486 to a source that allocates and releases all the time', () => {
    const world = new TurnWorld({ limits: { openings: { perSecond: 1, burst: 5 } } });
    const caller = new TurnCaller(world);
    for (let i = 0; i < 5; i++) {
      caller.allocate();
      caller.ask('refresh', [lifetime(0)]);
    }
    const opened = world.outputs.length;
    expect(caller.ask('allocate', [udp]).code).toBe(486);
    expect(world.outputs).toHaveLength(opened);
    world.runUntil(1_000);
    caller.allocate();
  });
});

describe('address families', () => {
  it('are IPv4 when none is asked for, else the one that is', () => {
    const world = new TurnWorld();
    expect(relayedOf(new TurnCaller(world).allocate())).toEqual([`${serverIp} 50000`]);
    const v6 = new TurnCaller(world, { port: 2 }).allocate(family(requestedAddressFamily, 2));
    expect(relayedOf(v6)).toEqual(['2001:db8::15 50001']);
  });

  it('are both with ADDITIONAL-ADDRESS-FAMILY, each refreshed and released for itself', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    expect(relayedOf(caller.allocate(family(additionalAddressFamily, 2)))).toEqual([
      `${serverIp} 50000`,
      '2001:db8::15 50001',
    ]);
    world.runUntil(minutes(9));
    expect(caller.ask('refresh', [family(requestedAddressFamily, 2)]).code).toBe(0);
    world.runUntil(minutes(10));
    expect(world.outputsOf('close-relay')).toHaveLength(1);
    expect(caller.permit(peer).code).toBe(443);
    expect(caller.ask('refresh', [family(requestedAddressFamily, 1)]).code).toBe(443);
    expect(caller.ask('refresh', [family(requestedAddressFamily, 2), lifetime(0)]).code).toBe(0);
    expect(world.server.allocations).toBe(0);
  });

  it('that we have not are told by ADDRESS-ERROR-CODE beside the other', () => {
    const answer = new TurnCaller(new TurnWorld({ families: [4] })).allocate(family(additionalAddressFamily, 2));
    expect(relayedOf(answer)).toEqual([`${serverIp} 50000`]);
    expect(findAttribute(answer.message, turnAttributeType.addressErrorCode)?.value).toEqual(
      Uint8Array.of(2, 0, 4, 40),
    );
  });
});

describe('EVEN-PORT', () => {
  it('is asked of the driver, without a reservation', () => {
    const world = new TurnWorld();
    new TurnCaller(world).allocate(anyEven);
    expect(world.outputsOf('open-relay')).toMatchObject([{ port: 'even' }]);
    expect(world.outputsOf('open-relay')[0]).not.toHaveProperty('next');
  });

  it('with a reservation keeps the next port for 30 s, for the same user, once', () => {
    const world = new TurnWorld();
    const token = tokenOf(new TurnCaller(world).allocate(pair));
    expect(token.value).toHaveLength(8);
    expect(new TurnCaller(world, { port: 2 }).ask('allocate', [udp, token], { user: bob }).code).toBe(508);
    world.runUntil(29_999);
    expect(relayedOf(new TurnCaller(world, { port: 3 }).allocate(token))).toEqual([`${serverIp} 50001`]);
    expect(new TurnCaller(world, { port: 4 }).ask('allocate', [udp, token]).code).toBe(508);
    expect(world.outputsOf('open-relay')).toHaveLength(1);
  });

  it('gives the next port back when nobody comes for it', () => {
    const world = new TurnWorld();
    const token = tokenOf(new TurnCaller(world).allocate(pair));
    world.runUntil(30_000);
    expect(world.outputsOf('close-relay')).toEqual([{ type: 'close-relay', relay: 1 }]);
    expect(new TurnCaller(world, { port: 2 }).ask('allocate', [udp, token]).code).toBe(508);
  });

  it('counts a kept port as an allocation', () => {
    const world = new TurnWorld({ limits: { allocationsMax: 2 } });
    new TurnCaller(world).allocate(pair);
    expect(new TurnCaller(world, { port: 2 }).ask('allocate', [udp]).code).toBe(508);
    world.runUntil(30_000);
    expect(new TurnCaller(world, { port: 2 }).ask('allocate', [udp]).code).toBe(0);
  });

  it('lets nobody keep more ports than his allocations, however often those are released', () => {
    const world = new TurnWorld({ limits: { allocationsPerUserMax: 4 } });
    const codes = [1, 2, 3, 4, 5].map((port) => {
      const caller = new TurnCaller(world, { port });
      const { code } = caller.ask('allocate', [udp, pair]);
      caller.ask('refresh', [lifetime(0)]);
      return code;
    });
    expect(codes).toEqual([0, 0, 0, 486, 486]);
    expect(new TurnCaller(world, { port: 6 }).ask('allocate', [udp], { user: bob }).code).toBe(0);
  });

  it('is taken up by whoever kept it when he may have no more', () => {
    const world = new TurnWorld({ limits: { allocationsPerUserMax: 2 } });
    const token = tokenOf(new TurnCaller(world).allocate(pair));
    expect(new TurnCaller(world, { port: 2 }).ask('allocate', [udp]).code).toBe(486);
    expect(new TurnCaller(world, { port: 3 }).ask('allocate', [udp, token]).code).toBe(0);
  });
});

describe('an allocation', () => {
  it('is counted by what carries its client', () => {
    const world = new TurnWorld();
    new TurnCaller(world).allocate();
    new TurnCaller(world, { port: 2, connection: 5 }).allocate();
    const secure = new TurnCaller(world, { port: 3, connection: 6 });
    world.server.openConnection(6, secure.remote, true, world.now);
    secure.allocate();
    new TurnCaller(world, { port: 4 }).allocate();
    expect(world.server.allocationsByTransport()).toEqual({ udp: 2, tcp: 1, tls: 1 });
  });

  it('expires after 10 min without Refresh, and its address is closed', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate();
    world.runUntil(minutes(10) - 1);
    expect(world.server.allocations).toBe(1);
    world.runUntil(minutes(10));
    expect(world.server.allocations).toBe(0);
    expect(world.relays.size).toBe(0);
    expect(world.events.at(-1)).toMatchObject({ type: 'closed', reason: 'expired' });
    expect(caller.ask('refresh').code).toBe(437);
    expect(world.server.deadline()).toBe(Infinity);
  });

  it('wants the time when it may end, each for itself, and never for its permissions', () => {
    const world = new TurnWorld();
    const callers = Array.from({ length: 5 }, (_, i) => new TurnCaller(world, { port: i + 1 }));
    for (const [i, caller] of callers.entries()) {
      world.runUntil(minutes(i));
      caller.allocate();
      for (let host = 1; host < 20; host++) caller.permit({ ...peer, ip: `198.51.100.${host}` });
      expect(world.server.deadline()).toBe(minutes(10));
    }
    callers[0].ask('refresh', [lifetime(3_600)]);
    expect(world.server.deadline()).toBe(minutes(11));
    callers[1].ask('refresh', [lifetime(0)]);
    expect(world.server.deadline()).toBe(minutes(12));
    world.now = monotonicMs(minutes(14));
    world.server.handleTimeout(world.now);
    expect(world.server.allocations).toBe(1);
    // The first: by then it has been idle for an hour.
    expect(world.server.deadline()).toBe(minutes(60));
  });

  it('has expired at that moment even before the timer', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate();
    world.now = monotonicMs(minutes(10));
    expect(caller.ask('refresh').code).toBe(437);
  });

  it('goes on when it is refreshed, and ends with LIFETIME 0', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate();
    world.runUntil(minutes(9));
    expect(lifetimeOf(caller.ask('refresh', [lifetime(1_200)]))).toBe(1_200);
    world.runUntil(minutes(28));
    expect(world.server.allocations).toBe(1);
    expect(lifetimeOf(caller.ask('refresh', [lifetime(0)]))).toBe(0);
    expect(world.server.allocations).toBe(0);
    expect(world.events.at(-1)).toMatchObject({ type: 'closed', reason: 'released' });
    expect(caller.ask('refresh', [lifetime(0)]).code).toBe(437);
  });

  it('by which nothing goes is closed, however often it is refreshed', () => {
    const world = new TurnWorld({ limits: { idleMax: milliseconds(minutes(15)) } });
    const caller = new TurnCaller(world);
    caller.allocate();
    world.runUntil(minutes(9));
    caller.ask('refresh');
    caller.permit(peer);
    caller.sendIndication(peer, Uint8Array.of(1));
    world.runUntil(minutes(18));
    expect(caller.ask('refresh').code).toBe(0);
    world.runUntil(minutes(24));
    expect(world.events.at(-1)).toMatchObject({ type: 'closed', reason: 'idle' });
  });

  it('ends with its connection, and with the server', () => {
    const world = new TurnWorld();
    new TurnCaller(world, { connection: 1 }).allocate();
    new TurnCaller(world).allocate(pair);
    world.server.handleConnectionClosed(1, world.now);
    world.drive();
    expect(world.server.allocations).toBe(1);
    world.server.close();
    world.drive();
    expect(world.server.allocations).toBe(0);
    expect(world.relays.size).toBe(0);
  });
});
