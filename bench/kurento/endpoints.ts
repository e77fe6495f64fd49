import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Program } from '../../e2e/harness/program.ts';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { RpcClient } from './rpc-client.ts';

const endpoints = 1_000;
const rounds = 16;
const growthMax = 1.1;

/** V8 takes what it is given and gives nothing back: only where it has little does memory show what is held. */
const smallHeap = '--max-old-space-size=128 --max-semi-space-size=4';

/** Megabytes that the process holds of the machine's memory. */
function residentMegabytes(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

/** One source and all others connected to it; everything goes with the pipeline. */
async function round(client: RpcClient): Promise<void> {
  const mediaPipeline = await client.create('MediaPipeline');
  const source = await client.create('WebRtcEndpoint', { mediaPipeline });
  const connected: Promise<unknown>[] = [];
  for (let i = 1; i < endpoints; i++) {
    const sink = await client.create('WebRtcEndpoint', { mediaPipeline });
    connected.push(client.invoke(source, 'connect', { sink }));
  }
  await Promise.all(connected);
  await client.call('release', { object: mediaPipeline });
}

/** What stays of endpoints that were released: nothing. */
export const kurentoEndpoints: Benchmark = {
  name: 'kurento-endpoints',
  sentence: `creates, connects and releases ${endpoints} WebRtcEndpoints ${rounds} times over the Kurento API`,
  run: async (tell) => {
    process.env['NODE_OPTIONS'] = smallHeap;
    const program = await Program.start();
    delete process.env['NODE_OPTIONS'];
    try {
      const client = await RpcClient.connect(program.kurentoUrl);
      const held: number[] = [];
      const seconds: number[] = [];
      for (let i = 0; i < rounds; i++) {
        tell(`round ${i + 1} of ${rounds}`);
        const before = performance.now();
        await round(client);
        seconds.push((performance.now() - before) / 1_000);
        held.push(residentMegabytes(program.pid));
      }
      client.close();
      const early = median(held.slice(1, 4));
      const late = median(held.slice(-3));
      return {
        what: 'memory held after the last rounds against after the second to fourth',
        measured: Math.round((late / early) * 1_000) / 1_000,
        limit: growthMax,
        unit: '×',
        details: {
          endpointsPerSecond: Math.round(endpoints / median(seconds)),
          earlyMegabytes: Math.round(early),
          lateMegabytes: Math.round(late),
        },
      };
    } finally {
      await program.stop();
    }
  },
};
