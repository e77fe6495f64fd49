import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The program of c-floor.c, compiled for this run. Needs a C compiler and OpenSSL's headers (Debian: gcc, libssl-dev). */
export class CFloor {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  constructor(packetBytes: number, packetsAtOnce: number, ports: readonly number[]) {
    const program = path.join(mkdtempSync(path.join(tmpdir(), 'rivero-floor-')), 'c-floor');
    const source = fileURLToPath(new URL('c-floor.c', import.meta.url));
    execFileSync('cc', ['-O3', '-Wall', '-Wextra', '-Werror', '-o', program, source, '-lcrypto']);
    this.#child = spawn(program, [packetBytes, packetsAtOnce, ...ports].map(String), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
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
