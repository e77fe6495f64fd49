import { setTimeout as sleep } from 'node:timers/promises';
import type { Metric } from '@rivero/core';
import { expect, it } from 'vitest';
import { Metrics, processMetrics, watchProcess } from './index.ts';

interface Kitchen {
  readonly plates: number;
  readonly cooks: Readonly<Record<string, number>>;
}

const kitchenMetrics: readonly Metric<Kitchen>[] = [
  { name: 'plates_total', type: 'counter', help: 'Plates.', read: ({ plates }) => plates },
  {
    name: 'cooks',
    type: 'gauge',
    help: 'Cooks, by what they make.',
    labels: ['dish'],
    read: ({ cooks }) => Object.entries(cooks).map(([dish, value]) => ({ value, labels: { dish } })),
  },
];

it('tells what parts say at that moment, each asked once', async () => {
  const metrics = new Metrics();
  let asked = 0;
  let kitchen: Kitchen = { plates: 3, cooks: { soup: 1, 'a "cake"\n': 2 } };
  metrics.add(kitchenMetrics, () => {
    asked += 1;
    return kitchen;
  });
  expect(await metrics.read()).toBe(
    `# HELP plates_total Plates.
# TYPE plates_total counter
plates_total 3

# HELP cooks Cooks, by what they make.
# TYPE cooks gauge
cooks{dish="soup"} 1
cooks{dish="a \\"cake\\"\\n"} 2
`,
  );
  kitchen = { plates: 4, cooks: { soup: 5 } };
  const text = await metrics.read();
  expect(text).toContain('\nplates_total 4\n');
  expect(text).toContain('cooks{dish="soup"} 5');
  expect(text).not.toContain('cake');
  expect(asked).toBe(2);
});

it('says how late the main thread was since the last time', async () => {
  const metrics = new Metrics();
  metrics.add(processMetrics, watchProcess('1.2.3'));
  const lateness = async (): Promise<number> =>
    Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await metrics.read())?.[1]);
  await sleep(120);
  hold();
  await sleep(120);
  expect(await lateness()).toBeGreaterThan(0.1);
  expect(await metrics.read()).toContain('rivero_build_info{version="1.2.3"} 1');
});

/** Lets nothing else happen on this thread. */
function hold(): void {
  const end = performance.now() + 200;
  while (performance.now() < end);
}
