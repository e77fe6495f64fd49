import { bitsPerSecond, milliseconds, monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.ts';
import { type HostLinks, SimulatedNetwork } from './simulated-network.ts';
import { Simulation } from './simulation.ts';

const a = { ip: '198.51.100.1', port: 1 };
const b = { ip: '198.51.100.2', port: 2 };

/** Sends `count` numbered packets from a to b, one a millisecond, and tells what arrived when. */
function carry(links: HostLinks, count: number, seed = 1): { id: number; at: number }[] {
  const simulation = new Simulation();
  const network = new SimulatedNetwork(simulation, new SeededRandom(seed));
  const arrived: { id: number; at: number }[] = [];
  network.openHost(a.ip, links, () => {});
  network.openHost(b.ip, {}, (bytes) => arrived.push({ id: (bytes[0] << 8) | bytes[1], at: simulation.now }));
  for (let id = 0; id < count; id++) {
    simulation.at(monotonicMs(id), () => network.send(Uint8Array.of(id >> 8, id, ...new Uint8Array(98)), a, b));
  }
  simulation.run(milliseconds(count + 10_000));
  return arrived;
}

describe('SimulatedNetwork', () => {
  it('delivers everything in order, at once, over a perfect link', () => {
    expect(carry({}, 100)).toEqual(Array.from({ length: 100 }, (_, id) => ({ id, at: id })));
  });

  it('loses about the share it was told to', () => {
    const arrived = carry({ up: { loss: 0.05 } }, 10_000);
    expect(arrived.length).toBeGreaterThan(9_400);
    expect(arrived.length).toBeLessThan(9_600);
  });

  it('keeps the order under jitter and breaks it under reordering', () => {
    const isOrdered = (list: { id: number }[]): boolean => list.every((p, i) => i === 0 || p.id > list[i - 1].id);
    expect(isOrdered(carry({ up: { delay: milliseconds(50), jitter: milliseconds(30) } }, 1000))).toBe(true);
    expect(isOrdered(carry({ up: { reorder: 0.1 } }, 1000))).toBe(false);
  });

  it('duplicates packets', () => {
    expect(carry({ up: { duplicate: 1 } }, 10)).toHaveLength(20);
  });

  it('serializes at the bandwidth and drops what would wait longer than the queue', () => {
    // 100 + 28 bytes at 512 kbit/s take 2 ms; one enters a millisecond.
    const arrived = carry({ up: { bandwidth: bitsPerSecond(512_000), queueMax: milliseconds(100) } }, 1000);
    expect(arrived[0].at).toBe(2);
    expect(arrived[1].at).toBe(4);
    expect(arrived.length).toBeGreaterThan(530);
    expect(arrived.length).toBeLessThan(570);
  });

  it('carries nothing in an outage', () => {
    const outages = [{ from: monotonicMs(100), until: monotonicMs(200) }];
    const arrived = carry({ up: { outages } }, 300).map((p) => p.id);
    expect(arrived).toHaveLength(200);
    expect(arrived.some((id) => id >= 100 && id < 200)).toBe(false);
  });

  it('replays: the same seed gives the same packets, another seed others', () => {
    const links = { up: { loss: 0.2, jitter: milliseconds(9), duplicate: 0.1, reorder: 0.1 } };
    expect(carry(links, 500, 7)).toEqual(carry(links, 500, 7));
    expect(carry(links, 500, 7)).not.toEqual(carry(links, 500, 8));
  });
});
