import { milliseconds, monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { attributeType, findAttribute, parseXorAddress, turnAttributeType } from '../../stun/index.ts';
import {
  type Answered,
  bob,
  family,
  lifetime,
  lifetimeOf,
  minutes,
  peer,
  peerV6,
  readAnswer,
  serverIp,
  TurnCaller,
  TurnWorld,
  udp,
} from './test/turn-world.ts';

const { additionalAddressFamily, addressErrorCode, evenPort, requestedAddressFamily, reservationToken } =
  turnAttributeType;
const both = family(additionalAddressFamily, 2);
const onlyV6 = family(requestedAddressFamily, 2);
const pair = { type: evenPort, value: Uint8Array.of(0x80) };

function valueOf({ message }: Answered, type: number): Uint8Array {
  return Uint8Array.from(findAttribute(message, type)?.value ?? []);
}

function relayedOf({ message }: Answered): readonly (string | undefined)[] {
  return message.attributes
    .filter(({ type }) => type === turnAttributeType.xorRelayedAddress)
    .map(({ value }) => parseXorAddress(value, message.transactionId)?.ip);
}

describe('a 5-tuple that is in use (RFC 8656 sections 5 and 7.2)', () => {
  it('is refused with 437 to an Allocate of anybody, and with 441 to other requests of another user', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    const transactionId = new Uint8Array(12).fill(7);
    const { bytes } = caller.ask('allocate', [udp], { transactionId });
    expect(caller.ask('allocate', [udp]).code).toBe(437);
    expect(caller.ask('allocate', [udp], { user: bob }).code).toBe(437);
    // Nobody is told what another was answered, whatever transaction he names.
    const stolen = caller.ask('allocate', [udp], { transactionId, user: bob });
    expect(stolen).toMatchObject({ code: 437, integrity: 'right' });
    expect(relayedOf(stolen)).toEqual([]);
    for (const method of ['refresh', 'create-permission', 'channel-bind', 'connect'] as const) {
      expect(caller.ask(method, [], { user: bob }).code).toBe(441);
    }
    expect(caller.ask('allocate', [udp], { transactionId }).bytes).toEqual(bytes);
    expect(world.server.allocations).toBe(1);
  });

  it('is the listener’s and the client’s address and port: each other one is free', () => {
    const world = new TurnWorld();
    new TurnCaller(world).allocate();
    for (const other of [{ port: 2 }, { ip: '203.0.113.8' }, { connection: 1 }])
      new TurnCaller(world, other).allocate();
    expect(world.server.allocations).toBe(4);
  });

  it('is taken again by an Allocate that comes once more, late: nothing is remembered of what was released', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.nonce = caller.challenge();
    const request = caller.request('allocate', [udp]);
    expect(caller.exchange(request).code).toBe(0);
    caller.ask('refresh', [lifetime(0)]);
    expect(caller.exchange(request).code).toBe(0);
    world.runUntil(minutes(10));
    expect(world.server.allocations).toBe(0);
  });

  it('is free again when its allocation expired or was released', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate();
    caller.ask('refresh', [lifetime(0)]);
    caller.allocate();
    world.runUntil(minutes(10));
    caller.allocate();
  });
});

describe('ADDRESS-ERROR-CODE (RFC 8656 sections 7.2 and 18.12)', () => {
  it('says 508 where no port of a family is left, 440 where the family is not there', () => {
    const world = new TurnWorld();
    world.opens = 'never';
    const caller = new TurnCaller(world);
    caller.nonce = caller.challenge();
    const before = world.messages.length;
    const request = caller.request('allocate', [udp, both]);
    caller.send(request);
    const [v4, v6] = world.outputsOf('open-relay');
    world.server.handleRelayFailed(v6.relay, world.now);
    expect(world.messages).toHaveLength(before);
    world.server.handleRelayOpened(v4.relay, { ip: serverIp, port: 9 }, world.now);
    const answer = caller.exchange(request);
    expect(relayedOf(answer)).toEqual([serverIp]);
    expect(valueOf(answer, addressErrorCode)).toEqual(Uint8Array.of(2, 0, 5, 8));
    const v6Only = new TurnCaller(new TurnWorld({ families: [6] })).allocate(both);
    expect(relayedOf(v6Only)).toEqual(['2001:db8::15']);
    expect(valueOf(v6Only, addressErrorCode)).toEqual(Uint8Array.of(1, 0, 4, 40));
  });

  it('says 508 of a family that the driver does not open within 10 s, and the other is there', () => {
    const world = new TurnWorld();
    world.opens = 'never';
    const caller = new TurnCaller(world);
    caller.nonce = caller.challenge();
    const before = world.messages.length;
    caller.send(caller.request('allocate', [udp, both]));
    const [v4, v6] = world.outputsOf('open-relay');
    world.server.handleRelayOpened(v4.relay, { ip: serverIp, port: 9 }, world.now);
    world.runUntil(10_000);
    const answer = readAnswer(world.messages[before].bytes);
    expect(relayedOf(answer)).toEqual([serverIp]);
    expect(valueOf(answer, addressErrorCode)).toEqual(Uint8Array.of(2, 0, 5, 8));
    expect(world.outputsOf('close-relay')).toEqual([{ type: 'close-relay', relay: v6.relay }]);
    world.runUntil(minutes(10));
    expect(caller.permit(peer).code).toBe(0);
    world.runUntil(minutes(10) + 10_000);
    expect(world.server.allocations).toBe(0);
  });

  it('is for success: without any address the answer is 508, also when the driver says nothing', () => {
    const silent = new TurnWorld();
    silent.opens = 'never';
    const asking = new TurnCaller(silent);
    asking.nonce = asking.challenge();
    const before = silent.messages.length;
    asking.send(asking.request('allocate', [udp, pair]));
    silent.runUntil(10_000);
    expect(readAnswer(silent.messages[before].bytes).code).toBe(508);
    expect(silent.outputsOf('close-relay')).toHaveLength(2);
    const world = new TurnWorld({ families: [4] });
    world.opens = 'fails';
    const answer = new TurnCaller(world).ask('allocate', [udp, both]);
    expect(answer.code).toBe(508);
    expect(findAttribute(answer.message, addressErrorCode)).toBeUndefined();
    expect(world.server.allocations).toBe(0);
  });
});

describe('families', () => {
  it('that are not asked for are IPv4 (RFC 8656 section 7.2)', () => {
    expect(relayedOf(new TurnCaller(new TurnWorld()).allocate())).toEqual([serverIp]);
  });

  it('that are not asked for are IPv6 where there is no IPv4, as browsers never ask; IPv4 that is asked for is 440', () => {
    const world = new TurnWorld({ families: [6] });
    expect(relayedOf(new TurnCaller(world).allocate())).toEqual(['2001:db8::15']);
    const other = new TurnCaller(world, { port: 2 });
    expect(other.ask('allocate', [udp, family(requestedAddressFamily, 1)]).code).toBe(440);
    expect(relayedOf(other.allocate(onlyV6))).toEqual(['2001:db8::15']);
  });

  it.each([
    ['no family', [], [4, 6]],
    ['IPv4', [family(requestedAddressFamily, 1)], [4]],
    ['IPv6', [onlyV6], [6]],
  ])('of a dual allocation: Refresh with %s goes for those', (_name, attributes, refreshed) => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate(both);
    world.runUntil(minutes(5));
    expect(caller.ask('refresh', attributes).code).toBe(0);
    world.runUntil(minutes(10));
    const codes = [caller.permit(peer).code, caller.permit(peerV6).code];
    expect(codes).toEqual([4, 6].map((each) => (refreshed.includes(each) ? 0 : 443)));
  });

  it('of a dual allocation: one that is released leaves the other, one that expired is gone before the timer', () => {
    const world = new TurnWorld();
    const caller = new TurnCaller(world);
    caller.allocate(both);
    expect(lifetimeOf(caller.ask('refresh', [lifetime(0), onlyV6]))).toBe(0);
    expect([caller.permit(peer).code, caller.permit(peerV6).code]).toEqual([0, 443]);
    const other = new TurnCaller(world, { port: 2 });
    other.allocate(both);
    world.runUntil(minutes(5));
    other.ask('refresh', [onlyV6]);
    world.now = monotonicMs(minutes(10) + 1);
    expect([other.permit(peer).code, other.permit(peerV6).code]).toEqual([443, 0]);
    expect(other.ask('refresh', [family(requestedAddressFamily, 1)]).code).toBe(443);
  });

  it.each([
    ['another than the allocation’s', 443, family(requestedAddressFamily, 2)],
    ['one that nobody knows', 443, family(requestedAddressFamily, 3)],
    ['a broken one', 443, { type: requestedAddressFamily, value: Uint8Array.of(1) }],
    ['its own', 0, family(requestedAddressFamily, 1)],
  ])('in Refresh: %s is answered with %i (RFC 8656 section 8.2)', (_name, code, attribute) => {
    const caller = new TurnCaller(new TurnWorld());
    caller.allocate();
    expect(caller.ask('refresh', [attribute]).code).toBe(code);
  });
});

describe('the lifetime of Refresh (RFC 8656 section 8.2)', () => {
  it.each([
    [1, 600],
    [600, 600],
    [601, 601],
    [3_601, 3_600],
    [0xffffffff, 3_600],
  ])('asked for %i s is %i s, and counts from then on', (asked, granted) => {
    const world = new TurnWorld({ limits: { idleMax: milliseconds(minutes(1_000)) } });
    const caller = new TurnCaller(world);
    caller.allocate();
    world.runUntil(minutes(1));
    expect(lifetimeOf(caller.ask('refresh', [lifetime(asked)]))).toBe(granted);
    world.runUntil(minutes(1) + granted * 1_000 - 1);
    expect(world.server.allocations).toBe(1);
    world.runUntil(minutes(1) + granted * 1_000);
    expect(world.server.allocations).toBe(0);
  });

  it('is the default when none is asked for, even when Allocate asked for more', () => {
    const caller = new TurnCaller(new TurnWorld());
    expect(lifetimeOf(caller.allocate(lifetime(3_600)))).toBe(3_600);
    expect(lifetimeOf(caller.ask('refresh'))).toBe(600);
  });
});

describe('RESERVATION-TOKEN (RFC 8656 section 7.2)', () => {
  function reserved(): { readonly world: TurnWorld; readonly token: { type: number; value: Uint8Array } } {
    const world = new TurnWorld();
    const value = valueOf(new TurnCaller(world).allocate(pair), reservationToken);
    return { world, token: { type: reservationToken, value } };
  }

  it('is good on any other 5-tuple: another address, a connection', () => {
    const { world, token } = reserved();
    new TurnCaller(world, { ip: '203.0.113.99', connection: 5 }).allocate(token);
  });

  it('outlives the allocation that it came with', () => {
    const { world, token } = reserved();
    new TurnCaller(world).ask('refresh', [lifetime(0)]);
    new TurnCaller(world, { port: 2 }).allocate(token);
  });

  it('is refused with 508 when the driver has lost the port meanwhile, which is counted no longer', () => {
    const { world, token } = reserved();
    const next = world.outputsOf('open-relay')[0].next ?? -1;
    world.server.handleRelayFailed(next, world.now);
    expect(new TurnCaller(world, { port: 2 }).ask('allocate', [udp, token]).code).toBe(508);
    world.runUntil(minutes(1));
    world.drive();
    expect(world.outputsOf('close-relay')).toEqual([]);
  });

  it('is not used up by a request that is refused for something else', () => {
    const { world, token } = reserved();
    const caller = new TurnCaller(world, { port: 2 });
    expect(caller.ask('allocate', [udp, token, pair]).code).toBe(400);
    expect(caller.ask('allocate', [udp, token, { type: 0x7abc, value: new Uint8Array(0) }]).code).toBe(420);
    expect(caller.ask('allocate', [udp, token]).code).toBe(0);
  });

  it('gives an address that lives as long as any other', () => {
    const { world, token } = reserved();
    const caller = new TurnCaller(world, { port: 2 });
    expect(lifetimeOf(caller.allocate(token, lifetime(1_200)))).toBe(1_200);
    world.runUntil(minutes(20) - 1);
    expect(world.server.allocations).toBe(1);
  });
});

describe('EVEN-PORT', () => {
  it('that the driver cannot open is refused with 508, and nothing is kept', () => {
    const world = new TurnWorld();
    world.opens = 'fails';
    expect(new TurnCaller(world).ask('allocate', [udp, pair]).code).toBe(508);
    expect(world.server.allocations).toBe(0);
    world.runUntil(minutes(1));
    expect(world.server.deadline()).toBe(Infinity);
  });

  it('without a reservation is good together with a second family, and with a family', () => {
    const even = { type: evenPort, value: Uint8Array.of(0) };
    const world = new TurnWorld();
    new TurnCaller(world).allocate(even, both);
    new TurnCaller(world, { port: 2 }).allocate(even, onlyV6);
    new TurnCaller(world, { port: 3 }).allocate(pair, onlyV6);
    expect(world.outputsOf('open-relay').map(({ port, family: of }) => `${port} ${of}`)).toEqual([
      'even 4',
      'even 6',
      'even 6',
      'pair 6',
    ]);
  });
});

describe('the answer to Allocate', () => {
  it('has what section 7.2 says, and nothing that tells who asked', () => {
    const { message, integrity } = new TurnCaller(new TurnWorld()).allocate();
    expect(integrity).toBe('right');
    expect(message.attributes.map(({ type }) => type)).toEqual([
      turnAttributeType.xorRelayedAddress,
      turnAttributeType.lifetime,
      attributeType.xorMappedAddress,
      attributeType.messageIntegrity,
    ]);
  });

  it('is 300 (Try Alternate) never', () => {
    const world = new TurnWorld({ limits: { allocationsMax: 0 } });
    const answer = new TurnCaller(world).ask('allocate', [udp]);
    expect(answer.code).toBe(508);
    expect(findAttribute(answer.message, attributeType.alternateServer)).toBeUndefined();
  });
});
