import { milliseconds } from '@rivero/core';
import {
  type HostLinks,
  SeededRandom,
  SimulatedNat,
  SimulatedNetwork,
  SimulatedTurnServer,
  Simulation,
} from '@rivero/testkit';
import { describe, expect, it } from 'vitest';
import { RelayedPeer } from './relayed-peer.ts';

const ann = { username: 'ann', password: 'secret' };
const bob = { username: 'bob', password: 'also secret' };
const serverIp = '192.0.2.15';

interface Plan {
  readonly name: string;
  readonly seed: number;
  readonly policy: 'all' | 'relay';
  /** Of each NAT, both ways. */
  readonly links: HostLinks;
  readonly loss: number;
}

function rough(loss: number): HostLinks {
  const link = {
    loss,
    delay: milliseconds(20),
    jitter: milliseconds(15),
    reorder: 0.05,
    reorderBy: milliseconds(25),
    duplicate: 0.01,
  };
  return { up: link, down: link };
}

const plans: readonly Plan[] = [
  { name: 'a perfect network', seed: 1, policy: 'all', links: {}, loss: 0 },
  { name: 'a perfect network, relays alone', seed: 2, policy: 'relay', links: {}, loss: 0 },
  { name: '5 % loss, delay, disorder, duplicates', seed: 3, policy: 'all', links: rough(0.05), loss: 0.05 },
  { name: '5 % loss, relays alone', seed: 4, policy: 'relay', links: rough(0.05), loss: 0.05 },
  { name: '10 % loss, relays alone', seed: 5, policy: 'relay', links: rough(0.1), loss: 0.1 },
];

const seconds = 60;
const packetsPerSecond = 20;

/** Two peers, each behind a NAT that lets in nobody but whom it sends to, and what came of them. */
function meet({ seed, policy, links }: Plan) {
  const simulation = new Simulation();
  const random = new SeededRandom(seed);
  const network = new SimulatedNetwork(simulation, random);
  const turn = new SimulatedTurnServer({ simulation, network, random, ips: [serverIp], users: [ann, bob] });
  const peers = [ann, bob].map((user, i) => {
    const nat = new SimulatedNat({ simulation, network, ip: `203.0.113.${i + 1}`, links });
    const address = { ip: `10.${i}.0.2`, port: 5_000 };
    return { nat, peer: new RelayedPeer({ simulation, random, nat, address, server: turn.address(), user, policy }) };
  });
  const [{ peer: full }, { peer: lite }] = peers;
  simulation.run(milliseconds(10_000));
  lite.connect('lite', full);
  full.connect('controlling', lite);
  simulation.run(milliseconds(10_000));
  let sent = 0;
  for (let i = 0; i < seconds * packetsPerSecond; i++) {
    simulation.in(milliseconds((i * 1_000) / packetsPerSecond), () => {
      if (full.send()) sent += 1;
      if (lite.send()) sent += 1;
    });
  }
  simulation.run(milliseconds(seconds * 1_000 + 1_000));
  const result = {
    sent,
    states: [[...full.states], [...lite.states]],
    selected: [full.selected, lite.selected],
    received: [full.received, lite.received],
    refused: peers.map(({ nat }) => nat.refused),
    counters: turn.server.counters.snapshot(),
  };
  for (const { peer } of peers) peer.turn.close();
  // Nobody repeats a Refresh that is lost; then it ends with its lifetime.
  simulation.run(milliseconds(660_000));
  return {
    ...result,
    left: turn.server.allocations,
    relays: turn.relays,
    relayed: peers.map(({ peer }) => peer.turn.relayed),
  };
}

describe('two peers behind NATs that let nobody in', () => {
  it.each(plans)('meet through the relay and stay together: $name', (plan) => {
    const met = meet(plan);
    const wanted = seconds * packetsPerSecond;
    for (const states of met.states) expect(states).toEqual(['checking', 'connected']);
    expect(met.sent).toBe(2 * wanted);
    // Whoever has a choice goes to the other's relay himself; the other has no other way than his relay.
    expect(met.selected[0]).toEqual({ via: plan.policy === 'all' ? 'host' : 'relay', to: met.relayed[1] });
    expect(met.selected[1]?.via).toBe('relay');
    for (const received of met.received) {
      const share = new Set(received).size / wanted;
      expect(share).toBeGreaterThan((1 - plan.loss) ** 2 - 0.05);
      expect(share).toBeLessThanOrEqual(1);
    }
    if (plan.loss === 0) {
      const all = Array.from({ length: wanted }, (_, i) => i);
      expect(met.received).toEqual([all, all]);
    }
    expect(met.left).toBe(0);
    expect(met.relays).toEqual({ opened: 2, closed: 2 });
  });

  it('do all of it again with the same seed, and something else with another', () => {
    const plan = plans[2];
    const met = meet(plan);
    expect(meet(plan)).toEqual(met);
    expect(meet({ ...plan, seed: 33 })).not.toEqual(met);
  });
});
