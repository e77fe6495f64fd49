import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { Benchmark } from './benchmark.ts';

const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  forward: async () => (await import('./forward/forward.ts')).forward,
  'forward-bursts': async () => (await import('./forward/forward.ts')).forwardBursts,
  'forward-twin': async () => (await import('./forward/forward.ts')).forwardTwin,
  join: async () => (await import('./join/join.ts')).join,
  sessions: async () => (await import('./sessions/sessions.ts')).sessions,
  'kurento-endpoints': async () => (await import('./kurento/endpoints.ts')).kurentoEndpoints,
  'kurento-invoke': async () => (await import('./kurento/invoke.ts')).kurentoInvoke,
  memory: async () => (await import('./memory/memory.ts')).memory,
  paint: async () => (await import('./paint/paint.ts')).paint,
  turn: async () => (await import('./turn/turn.ts')).turn,
  latency: async () => (await import('./latency/latency.ts')).latency,
  'turn-twin': async () => (await import('./turn/turn.ts')).turnTwin,
  start: async () => (await import('./start/start.ts')).start,
};

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

function machine(): string {
  const list = cpus();
  return `${list.length} × ${list[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`;
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(1);
}

for (const name of wanted.length === 0 ? Object.keys(benchmarks) : wanted) {
  const benchmark = await benchmarks[name]();
  console.error(`${benchmark.name}: ${benchmark.sentence}`);
  const result = await benchmark.run();
  const verdict = result.measured <= result.limit ? 'reached' : 'NOT reached';
  console.error(`  ${result.what}: ${result.measured} ${result.unit} (at most ${result.limit}): ${verdict}`);
  console.log(JSON.stringify({ benchmark: name, ...result, machine: machine(), commit: commit() }));
}
process.exit(0);
