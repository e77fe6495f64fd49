import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { compileC } from '../compile-c.ts';

/** The program of c-floor.c, compiled for this run. Refuses without a C compiler and OpenSSL's headers. */
export class CFloor {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  constructor(packetBytes: number, packetsAtOnce: number, ports: readonly number[]) {
    const program = compileC(new URL('c-floor.c', import.meta.url), ['-lcrypto']);
    this.#child = spawn(program.file, [packetBytes, packetsAtOnce, ...ports].map(String), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    program.remove();
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
