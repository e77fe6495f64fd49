import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttributeToSend, turnAttributeType } from '../../stun/index.ts';
import { serializeChannelData } from '../channel-data.ts';
import { methods, openRelays, transactionId } from './test/fuzzing.ts';
import { ann, bob, peer, peerAddress, tcp, TurnCaller, TurnWorld, udp } from './test/turn-world.ts';

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const attribute: fc.Arbitrary<AttributeToSend> = fc.oneof(
  fc.constantFrom<AttributeToSend>(
    udp,
    tcp,
    peerAddress(peer, transactionId),
    peerAddress({ ...peer, port: 9 }, transactionId),
    { type: turnAttributeType.channelNumber, value: Uint8Array.of(0x40, 1, 0, 0) },
    { type: turnAttributeType.lifetime, value: new Uint8Array(4) },
    { type: turnAttributeType.evenPort, value: Uint8Array.of(0x80) },
    { type: turnAttributeType.additionalAddressFamily, value: Uint8Array.of(2, 0, 0, 0) },
  ),
  fc.record({ type: fc.constantFrom(...Object.values(turnAttributeType)), value: bytes(24) }),
  fc.record({ type: fc.integer({ min: 0, max: 0xffff }), value: bytes(24) }),
);

type Step = (world: TurnWorld, caller: TurnCaller) => void;

const steps: fc.Arbitrary<Step> = fc.oneof(
  bytes(80).map(
    (data): Step =>
      (_world, caller) =>
        caller.send(data),
  ),
  fc
    .record({ method: fc.constantFrom(...methods), attributes: fc.array(attribute, { maxLength: 4 }) })
    .map(({ method, attributes }): Step => (_world, caller) => {
      caller.send(caller.request(method, attributes, { transactionId }));
    }),
  fc
    .record({ at: fc.nat(200), to: fc.nat(255), isBob: fc.boolean() })
    .map(({ at, to, isBob }): Step => (_world, caller) => {
      const request = caller.request('allocate', [udp], { user: isBob ? bob : ann });
      request[at % request.length] = to;
      caller.send(request);
    }),
  fc
    .record({ relay: fc.nat(20), port: fc.constantFrom(9, peer.port), data: bytes(20) })
    .map(({ relay, port, data }): Step => (world) => {
      world.server.handlePeerDatagram(relay, { ...peer, port }, data, world.now);
      world.server.handlePeerAccepted(relay, { ...peer, port }, world.now);
    }),
  fc.nat(20).map((relay): Step => (world) => {
    world.failed.push(relay);
    world.server.handleRelayFailed(relay, world.now);
  }),
  fc.constantFrom<Step>(
    (_world, caller) => caller.send(serializeChannelData(0x4001, Uint8Array.of(1, 2), true)),
    (_world, caller) => caller.sendIndication(peer, Uint8Array.of(1)),
    (world) => world.server.handleConnectionClosed(1, world.now),
    (world) => world.server.openConnection(1, peer, false, world.now),
    (world) =>
      world.outputsOf('connect-peer').forEach(({ peer: id }) => world.server.handlePeerConnected(id, world.now)),
    (world) => world.outputsOf('connect-peer').forEach(({ peer: id }) => world.server.handlePeerClosed(id)),
    (world) => world.server.close(),
  ),
  fc.integer({ min: 1, max: 700_000 }).map(
    (span): Step =>
      (world) =>
        world.runUntil(world.now + span),
  ),
  fc.constantFrom('at-once', 'never', 'fails').map((opens): Step => (world) => {
    world.opens = opens;
  }),
);

describe('whatever is sent and happens', () => {
  it('nothing is thrown, all stays within its limits, and in the end nothing is left', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(steps, fc.nat(2)), { maxLength: 60 }), (plan) => {
        const world = new TurnWorld({
          limits: {
            allocationsMax: 3,
            allocationsPerUserMax: 2,
            permissionsMax: 2,
            channelsMax: 2,
            peerDataConnectionsMax: 2,
          },
        });
        const callers = [
          new TurnCaller(world, { port: 1 }),
          new TurnCaller(world, { port: 2 }),
          new TurnCaller(world, { port: 3, connection: 1 }),
        ];
        for (const caller of callers) caller.nonce = caller.challenge();
        for (const [step, who] of plan) {
          step(world, callers[who]);
          world.drive();
          expect(world.server.allocations).toBeLessThanOrEqual(3);
          // Two families each, and ports that are kept.
          expect(world.relays.size).toBeLessThanOrEqual(6);
        }
        world.runUntil(world.now + 4_000_000);
        expect(world.server.allocations).toBe(0);
        expect(world.server.deadline()).toBe(Infinity);
        expect(openRelays(world).size).toBe(0);
        // What was taken has been given back.
        world.opens = 'at-once';
        for (const [i, user] of [ann, ann, bob].entries()) {
          expect(new TurnCaller(world, { port: 100 + i }).ask('allocate', [udp], { user }).code).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a caller without credentials leaves no trace', () => {
    fc.assert(
      fc.property(fc.array(bytes(120), { maxLength: 30 }), (datagrams) => {
        const world = new TurnWorld();
        const caller = new TurnCaller(world);
        for (const datagram of datagrams) caller.send(datagram);
        expect(world.server.deadline()).toBe(Infinity);
        expect(world.outputs).toEqual([]);
      }),
    );
  });
});
