import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../bench/main.ts', import.meta.url));

/** Runs the benchmarks of the source tree in a process of its own; resolves with its exit code. */
export async function runBenchmarks(words: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [main, ...words], { stdio: 'inherit' });
  // On Ctrl-C the terminal tells both; a second time does no harm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
