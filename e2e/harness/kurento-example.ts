import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './program.ts';

const start = fileURLToPath(new URL('../../examples/kurento/start.mjs', import.meta.url));

/** One of the examples on the Kurento client, in a process of its own. */
export class KurentoExample {
  readonly url: string;
  readonly #child: ChildProcess;
  #output = '';

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://localhost:${port}`;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.#output += String(chunk)));
  }

  static async start(name: string, kurentoUrl: string): Promise<KurentoExample> {
    const port = await freePort();
    const child = spawn(process.execPath, [start, name], {
      env: { ...process.env, PORT: String(port), KURENTO_URI: kurentoUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const example = new KurentoExample(child, port);
    const end = Date.now() + 30_000;
    while (!example.#output.includes(example.url)) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`${name} did not start:\n${example.#output}`);
      await sleep(50);
    }
    return example;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}
