import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { programMissing, requireProgram } from '../required-program.ts';

const packages = 'gcc libc6-dev libssl-dev';

/** The program of c-floor.c, compiled for this run. Refuses without a C compiler and OpenSSL's headers. */
export class CFloor {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  constructor(packetBytes: number, packetsAtOnce: number, ports: readonly number[]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'rivero-floor-'));
    const program = path.join(folder, 'c-floor');
    compile(program);
    this.#child = spawn(program, [packetBytes, packetsAtOnce, ...ports].map(String), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // It runs, and needs its file no more.
    rmSync(folder, { recursive: true });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the floor has no output');
    this.#lines = createInterface({ input: stdout });
  }

  /** Sends so many packets to every receiver; answers the CPU time that it took, in microseconds. */
  async sendToAll(packets: number): Promise<number> {
    this.#child.stdin?.write(`${packets}\n`);
    const [line] = await once(this.#lines, 'line');
    return Number(line);
  }

  close(): void {
    this.#child.stdin?.end();
  }
}

function compile(program: string): void {
  requireProgram('cc', packages);
  const source = fileURLToPath(new URL('c-floor.c', import.meta.url));
  const words = ['-O3', '-Wall', '-Wextra', '-Werror', '-o', program, source, '-lcrypto'];
  const { status, stderr } = spawnSync('cc', words, { encoding: 'utf8' });
  if (status === 0) return;
  const problem = stderr.split('\n').find((line) => /error|cannot/.test(line)) ?? 'it said nothing';
  throw programMissing('cc', `the floor in C cannot be compiled (${problem.trim()})`, packages);
}
