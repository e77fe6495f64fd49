import { turnServerCounters } from '@rivero/protocol/turn-server';
import { expect, it } from 'vitest';
import { turnMetrics } from './turn-metrics.ts';
import type { TurnStatistics } from './turn-statistics.ts';

/** A number of its own for each name. */
function numbered(names: readonly string[]): TurnStatistics['counted'] {
  return Object.fromEntries(names.map((name, index) => [name, 1_000 + index])) as TurnStatistics['counted'];
}

it('tells everything that the server counts, once', () => {
  const counted = numbered([...turnServerCounters, 'socket-full']);
  const statistics = {
    allocations: { udp: 1, tcp: 2, tls: 3 },
    connections: { tcp: 4, tls: 5 },
    peerDataConnections: 6,
    counted,
  };
  const values = turnMetrics.flatMap(({ read }) => {
    const told = read(statistics);
    return typeof told === 'number' ? [told] : told.map(({ value }) => value);
  });
  const all = [1, 2, 3, 4, 5, 6, ...Object.values(counted)];
  expect(values.toSorted((a, b) => a - b)).toEqual(all);
});
