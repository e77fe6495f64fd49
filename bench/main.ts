import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { Benchmark, BenchmarkResult } from './benchmark.ts';

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

/** What is printed of one run, and kept in `results/`. */
interface Outcome extends BenchmarkResult {
  readonly benchmark: string;
}

function rowOf({ benchmark, measured, unit, limit, what }: Outcome): readonly string[] {
  const verdict = measured <= limit ? 'reached' : 'NOT reached';
  return [benchmark, `${measured} ${unit}`, `at most ${limit}`, verdict, what];
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const words = process.argv.slice(2);
const flags = words.filter((word) => word.startsWith('-'));
const names = words.filter((word) => !word.startsWith('-'));
const unknown = [...flags.filter((flag) => flag !== '--json'), ...names.filter((name) => !(name in benchmarks))];
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. Benchmarks: ${Object.keys(benchmarks).join(', ')}; and --json.`);
  process.exit(1);
}

const wanted = names.length === 0 ? Object.keys(benchmarks) : names;
const outcomes: Outcome[] = [];
for (const [i, name] of wanted.entries()) {
  const benchmark = await benchmarks[name]();
  // On standard error, so that what is on standard output can be kept.
  console.error(`${i + 1} of ${wanted.length}: ${benchmark.name} ${benchmark.sentence} ...`);
  outcomes.push({ benchmark: name, ...(await benchmark.run()) });
}
if (flags.includes('--json')) {
  const surroundings = { machine: machine(), commit: commit() };
  console.log(JSON.stringify({ ...(outcomes.length === 1 ? outcomes[0] : { results: outcomes }), ...surroundings }));
} else {
  console.log(formatTable(outcomes.map(rowOf)));
}
process.exit(0);
