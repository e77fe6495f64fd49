import { execFileSync } from 'node:child_process';
import { constants, cpus } from 'node:os';
import { inspect } from 'node:util';
import { CodedError, type MonotonicMs, monotonicMs } from '@rivero/core';
import { ProgressLine } from '@rivero/runtime';
import type { Benchmark } from './benchmark.ts';
import { ChildProcesses } from './child-processes.ts';
import { formatJson, formatTable, type Outcome } from './outcome.ts';

const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  broadcast: async () => (await import('./broadcast/broadcast.ts')).broadcast,
  'broadcast-cores': async () => (await import('./broadcast/broadcast-cores.ts')).broadcastCores,
  forward: async () => (await import('./forward/forward.ts')).forward,
  'forward-bursts': async () => (await import('./forward/forward.ts')).forwardBursts,
  'forward-twin': async () => (await import('./forward/forward.ts')).forwardTwin,
  handshakes: async () => (await import('./handshakes/handshakes.ts')).handshakes,
  join: async () => (await import('./join/join.ts')).join,
  sessions: async () => (await import('./sessions/sessions.ts')).sessions,
  'kurento-endpoints': async () => (await import('./kurento/endpoints.ts')).kurentoEndpoints,
  'kurento-invoke': async () => (await import('./kurento/invoke.ts')).kurentoInvoke,
  memory: async () => (await import('./memory/memory.ts')).memory,
  paint: async () => (await import('./paint/paint.ts')).paint,
  turn: async () => (await import('./turn/turn.ts')).turn,
  latency: async () => (await import('./latency/latency.ts')).latency,
  'latency-idle': async () => (await import('./latency/latency.ts')).latencyIdle,
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

async function formatHelp(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(benchmarks).map(async ([name, load]) => `  ${name.padEnd(18)} ${(await load()).sentence}`),
  );
  return [
    'Usage: rivero bench [NAME ...] [--json]',
    '       npm run bench -- [NAME ...] [--json]',
    '',
    'Measures on this machine; without a name everything. It says how far it is on standard error, and prints a table at',
    'the end, or with --json one JSON object. What is measured, and what it needs: bench/README.md.',
    '',
    ...lines,
    '',
  ].join('\n');
}

async function measure(name: string, place: string, progress: ProgressLine): Promise<Outcome> {
  try {
    const benchmark = await benchmarks[name]();
    progress.begin(place === '' ? name : `${name}, ${place}`, benchmark.sentence, now());
    return { benchmark: name, ...(await benchmark.run((text) => progress.tell(text, now()))) };
  } catch (error) {
    progress.end();
    console.error(`${name}: ${textOf(error)}`);
    const { code, message } = error instanceof CodedError ? error : { code: 'bench-failed', message: String(error) };
    return { benchmark: name, refused: { code, message } };
  }
}

function textOf(error: unknown): string {
  return error instanceof CodedError ? `${error.message} (${error.code})` : inspect(error);
}

function now(): MonotonicMs {
  return monotonicMs(performance.now());
}

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(await formatHelp());
    return 0;
  }
  const isJson = words.includes('--json');
  const names = words.filter((word) => word !== '--json');
  const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name));
  if (unknown.length > 0) {
    const known = Object.keys(benchmarks).join(', ');
    const message = `There is no ${unknown.join(', ')}. Benchmarks: ${known}; and --json, --help.`;
    throw new CodedError('bench-unknown', message);
  }
  const wanted = names.length === 0 ? Object.keys(benchmarks) : names;
  const children = new ChildProcesses();
  process.on('exit', () => children.end());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }
  // On standard error, so that what is on standard output can be kept.
  const progress = new ProgressLine(process.stderr, now());
  setInterval(() => progress.tick(now()), 1_000).unref();
  const outcomes: Outcome[] = [];
  for (const [i, name] of wanted.entries()) {
    outcomes.push(await measure(name, wanted.length === 1 ? '' : `${i + 1} of ${wanted.length}`, progress));
    // One that failed may have left something behind, which would disturb the next one.
    children.end();
  }
  progress.end();
  const command = ['npm run bench --', ...words].join(' ');
  const surroundings = { machine: machine(), commit: commit(), command };
  console.log(isJson ? formatJson(outcomes, surroundings) : formatTable(outcomes));
  return outcomes.some((outcome) => 'refused' in outcome) ? 1 : 0;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(textOf(error));
  process.exit(1);
}
