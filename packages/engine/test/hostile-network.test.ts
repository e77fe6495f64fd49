import { milliseconds, monotonicMs, type TransportAddress } from '@rivero/core';
import { SeededRandom, type SimulatedPeer, SimulatedRoom } from '@rivero/testkit';
import { describe, expect, it } from 'vitest';

const serverIp = '198.51.100.1';
const attackerAddress: TransportAddress = { ip: '192.0.2.66', port: 666 };

/** What an attacker sends for each packet of ann's that it saw; undefined: nothing. */
type Attack = (bytes: Uint8Array, random: SeededRandom) => Uint8Array | undefined;

interface AttackPlan {
  readonly name: string;
  /** With ann's own address, or with the attacker's. */
  readonly isSpoofed: boolean;
  readonly attack: Attack;
}

/** From `least` to `most`, both included. */
function integer(random: SeededRandom, least: number, most: number): number {
  return least + Math.floor(random.next() * (most - least + 1));
}

function mutated(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const copy = bytes.slice();
  for (let i = integer(random, 1, 4); i > 0; i--) copy[integer(random, 0, copy.length - 1)] = integer(random, 0, 255);
  return copy;
}

const plans: readonly AttackPlan[] = [
  { name: 'replays every packet from its own address', isSpoofed: false, attack: (bytes) => bytes },
  { name: 'replays every packet from hers', isSpoofed: true, attack: (bytes) => bytes },
  { name: 'sends mutations of every packet from its own address', isSpoofed: false, attack: mutated },
  { name: 'sends mutations of every packet from hers', isSpoofed: true, attack: mutated },
  {
    name: 'sends truncations of every packet from hers',
    isSpoofed: true,
    attack: (bytes, random) => bytes.subarray(0, integer(random, 0, bytes.length - 1)),
  },
  {
    name: 'sends noise from hers',
    isSpoofed: true,
    attack: (bytes, random) => random.bytes(bytes.length),
  },
  {
    name: 'forges close_notify, Finished and ClientHello records from hers',
    isSpoofed: true,
    attack: (bytes, random) => {
      if (bytes[0] < 128) return undefined;
      const forged = [
        Uint8Array.of(21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 1, 0),
        Uint8Array.of(21, 254, 253, 0, 1, 0, 0, 0, 0, 0, 99, 0, 26, ...random.bytes(26)),
        Uint8Array.of(22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 99, 0, 12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        Uint8Array.of(22, 254, 253, 0, 1, 0, 0, 0, 0, 0, 99, 0, 40, ...random.bytes(40)),
      ];
      return forged[integer(random, 0, forged.length - 1)];
    },
  },
];

function expectSmooth(viewer: SimulatedPeer, publisher: SimulatedPeer, fromMs: number, untilMs: number): void {
  const video = viewer.peer.received.get(publisher.peer.trackId);
  const verdict = video?.judge.verdict(monotonicMs(fromMs), monotonicMs(untilMs), milliseconds(500));
  expect(verdict).toMatchObject({ missed: [] });
  expect(verdict?.shown).toBeGreaterThan(((untilMs - fromMs) / 40) * 0.97);
}

describe('a call of which somebody sees every packet', () => {
  it.each(plans)('goes on undisturbed when the attacker $name', ({ isSpoofed, attack }) => {
    const room = new SimulatedRoom(21);
    const random = new SeededRandom(22);
    room.network.openHost(attackerAddress.ip, {}, () => {});
    const [ann, bob] = ['ann', 'bob'].map((id) => room.join(id));
    let attackCount = 0;
    let isAttacking = false;
    room.network.onDelivered = (bytes, from, to) => {
      if (isAttacking || from.ip !== ann.ip || to.ip !== serverIp) return;
      const forged = attack(bytes, random);
      if (forged === undefined) return;
      attackCount += 1;
      isAttacking = true;
      room.inject(forged, isSpoofed ? from : attackerAddress);
      isAttacking = false;
    };
    room.simulation.run(milliseconds(8_000));
    expect(attackCount).toBeGreaterThan(300);
    expectSmooth(bob, ann, 1_000, 7_500);
    expectSmooth(ann, bob, 1_000, 7_500);
    expect([...room.peerStates().values()]).toEqual([['connected'], ['connected']]);
    for (const id of ['ann', 'bob']) room.leave(id);
    expect(room.datapath.pool.freeCount).toBe(room.datapath.pool.slotsMax);
  });

  it('holds no more for a flood of strangers than its limits', () => {
    const room = new SimulatedRoom(23);
    const random = new SeededRandom(24);
    const [ann, bob] = ['ann', 'bob'].map((id) => room.join(id));
    room.simulation.run(milliseconds(1_000));
    for (let i = 0; i < 20_000; i++) {
      const bytes = random.bytes(integer(random, 1, 200));
      bytes[0] = integer(random, 0, 63);
      room.inject(bytes, { ip: `10.0.${i >> 8}.${i & 0xff}`, port: 1_000 });
    }
    room.simulation.run(milliseconds(5_000));
    expect(room.datapath.sizes().paths).toBeLessThan(4_200);
    expectSmooth(bob, ann, 1_000, 5_500);
    expectSmooth(ann, bob, 1_000, 5_500);
  });
});
