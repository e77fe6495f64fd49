import { performance } from 'node:perf_hooks';
import { Program } from '../../e2e/harness/program.ts';
import { median } from '../median.ts';
import type { Benchmark } from '../benchmark.ts';

const runs = 9;
const limitMs = 1_500;

/** Start-up to `/healthz` 200, dependencies installed and web app built. */
export const start: Benchmark = {
  name: 'start',
  sentence: `starts the program ${runs} times, from spawn to /healthz 200`,
  run: async (tell) => {
    const times: number[] = [];
    for (let i = 0; i < runs; i++) {
      tell(`start ${i + 1} of ${runs}`);
      const before = performance.now();
      const program = await Program.start();
      times.push(performance.now() - before);
      await program.stop();
    }
    return {
      what: 'start-up to /healthz 200, median',
      measured: Math.round(median(times)),
      limit: limitMs,
      unit: 'ms',
      details: { runs, least: Math.round(Math.min(...times)), most: Math.round(Math.max(...times)) },
    };
  },
};
