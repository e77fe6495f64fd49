import { milliseconds } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { ann, bob, minute, numbered, peer, type RelayedClient, RelayWorld, rough } from './relay-world.ts';

interface Plan {
  readonly name: string;
  readonly seed: number;
  readonly clients: number;
  /** Share of those that go without a word. */
  readonly vanishing: number;
  /** At which minutes the server is started anew. */
  readonly restarts: readonly number[];
}

const plans: readonly Plan[] = [
  { name: 'all say goodbye', seed: 1, clients: 60, vanishing: 0, restarts: [] },
  { name: 'half of them vanish', seed: 2, clients: 60, vanishing: 0.5, restarts: [] },
  {
    name: 'half of them vanish, and the server three times',
    seed: 3,
    clients: 60,
    vanishing: 0.5,
    restarts: [11, 23, 47],
  },
];

const limits = { allocationsMax: 25, allocationsPerUserMax: 20 };

/** An hour of clients that come at any time, talk a while, and go. */
function churn({ seed, clients, vanishing, restarts }: Plan) {
  const world = new RelayWorld(seed, rough, { limits });
  const { simulation, random, turn } = world;
  const all = new Map<number, RelayedClient>();
  let most = 0;
  for (let i = 0; i < clients; i++) {
    const at = random.next() * 50 * minute;
    const stay = random.next() * 15 * minute;
    simulation.in(milliseconds(at), () => {
      const client = world.openClient(random.happens(0.5) ? ann : bob);
      all.set(i, client);
      client.turn.permit(peer.ip);
    });
    const own = (): RelayedClient | undefined => all.get(i);
    for (let second = 5; second * 1_000 < stay; second += 20) {
      simulation.in(milliseconds(at + second * 1_000), () => own()?.turn.send(numbered(i), peer));
    }
    const leaves = random.happens(vanishing) ? 'vanish' : 'close';
    simulation.in(milliseconds(at + stay), () => (leaves === 'vanish' ? own()?.vanish() : own()?.turn.close()));
  }
  for (const at of restarts) {
    simulation.in(milliseconds(at * minute), () => turn.stop());
    simulation.in(milliseconds(at * minute + 2_000), () => turn.start());
  }
  for (let second = 0; second < 3_600; second++) {
    world.run(1_000);
    most = Math.max(most, turn.server.allocations);
    // Reserved for nobody, and closed as soon as nobody has it.
    expect(turn.relays.opened - turn.relays.closed).toBe(turn.server.allocations);
  }
  // Those that vanished late.
  world.run(30 * minute);
  const told = (type: string): number => turn.events.filter((event) => event.type === type).length;
  return {
    most,
    left: turn.server.allocations,
    relays: turn.relays,
    told: { allocated: told('allocated'), closed: told('closed') },
    ends: new Set(turn.events.flatMap((event) => (event.type === 'closed' ? [event.reason] : []))),
    outcomes: [...all.values()].map((client) => client.turn.events.map((event) => event.type)),
    deadline: turn.server.deadline(),
  };
}

describe('an hour of clients that come and go with 10 % loss', () => {
  it.each(plans)('leaves nothing behind: $name', (plan) => {
    const { most, left, relays, told, ends, outcomes, deadline } = churn(plan);
    expect(left).toBe(0);
    expect(deadline).toBe(Infinity);
    expect(relays.opened).toBe(relays.closed);
    expect(told).toEqual({ allocated: relays.opened, closed: relays.opened });
    expect(told.allocated).toBeGreaterThan(plan.clients * 0.6);
    expect(most).toBeGreaterThan(5);
    expect(most).toBeLessThanOrEqual(limits.allocationsMax);
    expect(ends.has('released')).toBe(true);
    if (plan.vanishing > 0) expect(ends.has('expired')).toBe(true);
    expect(ends.has('server-closed')).toBe(plan.restarts.length > 0);
    // Each got an allocation, or was told why not.
    expect(outcomes).toHaveLength(plan.clients);
    for (const events of outcomes) expect(['allocated', 'failed', undefined]).toContain(events[0]);
  });

  it('is the same again with the same seed', () => {
    expect(churn(plans[2])).toEqual(churn(plans[2]));
  });
});
