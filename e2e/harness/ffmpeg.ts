import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** One run of ffmpeg; ends by itself or by {@link stop}. */
export class Ffmpeg {
  readonly #child: ChildProcess;
  readonly #output: Buffer[] = [];
  #log = '';

  /** `-hide_banner -nostdin` and what is given; standard output is kept. */
  constructor(words: readonly string[]) {
    this.#child = spawn('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'warning', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk) => this.#output.push(chunk));
    this.#child.stderr?.on('data', (chunk) => (this.#log += String(chunk)));
  }

  get log(): string {
    return this.#log;
  }

  /** Waits for its end, and returns what it wrote. */
  async output(): Promise<Buffer> {
    await this.#ended();
    return Buffer.concat(this.#output);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended();
  }

  async #ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }
}
