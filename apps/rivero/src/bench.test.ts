import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const started: ChildProcess[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

/** `rivero bench` with those words. */
class RunningBench {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';

  constructor(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [main, 'bench', ...words], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk) => (this.stdout += String(chunk)));
    this.child.stderr?.on('data', (chunk) => (this.stderr += String(chunk)));
    started.push(this.child);
  }

  async end(): Promise<number | null> {
    const [code] = await once(this.child, 'close');
    return code;
  }
}

/** Processes that this one started, and those that they started. */
function descendants(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/stat`))
    .map((name): readonly [number, number] => [Number(name), parentOf(name)]);
  const children = parents.filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function parentOf(name: string): number {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

describe('rivero bench', () => {
  it('--help says what each benchmark does, and how to call it', async () => {
    const bench = new RunningBench(['--help']);
    expect(await bench.end()).toBe(0);
    expect(bench.stdout).toContain('rivero bench [NAME ...] [--json]');
    expect(bench.stdout).toMatch(/^ {2}forward +\w/m);
    expect(bench.stdout).toMatch(/^ {2}join +\w/m);
    expect(bench.stdout).toMatch(/^ {2}turn +\w/m);
    expect(bench.stderr).toBe('');
  });

  it('names those that there are when asked for another one', async () => {
    const bench = new RunningBench(['forwards', '--json']);
    expect(await bench.end()).toBe(1);
    expect(bench.stderr).toMatch(/There is no forwards\. Benchmarks: .*forward, .*turn.*\(bench-unknown\)\n$/);
    expect(bench.stdout).toBe('');
  });

  it('says what to install where something is missing, and tells it in its JSON, too', async () => {
    const bench = new RunningBench(['turn', '--json'], { PATH: '/nowhere' });
    expect(await bench.end()).toBe(1);
    expect(bench.stderr).toContain('turnserver is not installed; on Debian: apt-get install coturn');
    expect(JSON.parse(bench.stdout)).toMatchObject({
      benchmark: 'turn',
      refused: { code: 'bench-program-missing', message: expect.stringContaining('apt-get install coturn') },
      command: 'npm run bench -- turn --json',
    });
  });

  it.runIf(process.platform === 'linux')('leaves no process behind when it is ended', async () => {
    const bench = new RunningBench(['forward-twin']);
    const ended = bench.end();
    const all = (): readonly number[] => descendants(bench.child.pid ?? 0);
    // The benchmarks, and the receivers of this one.
    await expect.poll(() => all().length).toBe(2);
    expect(bench.stderr).toMatch(/^forward-twin: forwards /);
    const left = all();
    bench.child.kill('SIGTERM');
    expect(await ended).toBe(143);
    await expect.poll(() => left.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });
});
