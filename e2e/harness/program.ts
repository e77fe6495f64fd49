import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { addWitness } from './witnesses.ts';

const main = fileURLToPath(new URL('../../apps/rivero/src/main.ts', import.meta.url));
/** Where Node keeps what it compiled: that is half of a start. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/rivero/compiled', import.meta.url));

/** The longest that a start may take before the test gives up; the machine may be busy. */
const startTimeoutMs = 90_000;

/** What it prints once it serves: its address on this machine. */
const printedUrl = /http:\/\/\S+:(\d+)\n/;

/** A TCP port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** The real program in a process of its own, on free ports, with a data folder that goes with it. */
export class Program {
  readonly #child: ChildProcess;
  readonly #dataDir: string;
  readonly #dismiss: () => void;
  #httpsPort = 0;
  #log = '';

  private constructor(child: ChildProcess, dataDir: string) {
    this.#child = child;
    this.#dataDir = dataDir;
    child.stdout?.on('data', (chunk) => (this.#log += String(chunk)));
    child.stderr?.on('data', (chunk) => (this.#log += String(chunk)));
    this.#dismiss = addWitness({ name: 'the program', tell: async () => this.#log });
  }

  /** Starts it and waits until it is healthy. `settings` are `RIVERO_…` variables without the prefix. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Program> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'rivero-e2e-'));
    const defaults = {
      HTTP_PORT: '0',
      HTTPS_PORT: '0',
      KURENTO_PORT: '0',
      TURN_PORT: 'off',
      TURN_TLS_PORT: 'off',
      MEDIA_PORT: '0',
      MEDIA_WORKERS: '1',
      DATA_DIR: dataDir,
    };
    const env = Object.fromEntries(
      Object.entries({ ...defaults, ...settings }).map(([name, value]) => [`RIVERO_${name}`, value]),
    );
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, NODE_COMPILE_CACHE: compiled, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const program = new Program(child, dataDir);
    try {
      await program.#becomesHealthy();
    } catch (error) {
      await program.stop();
      throw error;
    }
    return program;
  }

  /** The address on this machine, at the port that it took. */
  get url(): string {
    const [, port] = printedUrl.exec(this.#log) ?? [];
    if (port === undefined) throw new Error(`the program has no http address:\n${this.#log}`);
    return `http://localhost:${port}`;
  }

  /** Of its process. */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('it did not start');
    return this.#child.pid;
  }

  /** The Kurento API, at the port that it took. */
  get kurentoUrl(): string {
    const [url] = /ws:\/\/localhost:\d+\/kurento/.exec(this.#log) ?? [];
    if (url === undefined) throw new Error(`the program has no Kurento API:\n${this.#log}`);
    return url;
  }

  /** Ports of its STUN and TURN server, plain and TLS. */
  get turnPorts(): { readonly plain: number; readonly tls: number } {
    const [plain, tls] = ['turn', 'turns'].map((scheme) => new RegExp(`${scheme}:\\S+:(\\d+)`).exec(this.#log)?.[1]);
    if (plain === undefined || tls === undefined) throw new Error(`the program has no TURN server:\n${this.#log}`);
    return { plain: Number(plain), tls: Number(tls) };
  }

  /** Everything that it printed. */
  get log(): string {
    return this.#log;
  }

  /** Waits until it has printed that. */
  async logs(text: RegExp): Promise<void> {
    await this.until(`that the program prints ${text}`, () => text.test(this.#log), 10_000);
  }

  /** Waits until that is true; the failure says what the program printed. */
  async until(what: string, isTrue: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!(await isTrue())) {
      if (Date.now() > end) throw new Error(`${what} did not come true:\n${this.#log}`);
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    this.#dismiss();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await Promise.race([once(this.#child, 'exit'), sleep(10_000).then(() => this.#child.kill('SIGKILL'))]);
    }
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  /** The address for other devices, with the self-made certificate. */
  get secureUrl(): string {
    return this.secureUrlOf('localhost');
  }

  /** The same by another name of this machine. */
  secureUrlOf(name: string): string {
    return `https://${name}:${this.#httpsPort}`;
  }

  /** How it ended, once it has: its exit code. */
  async exited(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async #becomesHealthy(): Promise<void> {
    const hasPrinted = (): boolean => {
      if (this.#child.exitCode !== null) throw new Error(`the program ended at start:\n${this.#log}`);
      return printedUrl.test(this.#log);
    };
    await this.until('that the program prints its address', hasPrinted, startTimeoutMs);
    const response = await fetch(`${this.url}/healthz`);
    const health = (await response.json()) as { readonly status: string; readonly httpsPort: number };
    if (health.status !== 'ok') throw new Error(`the program is not healthy:\n${this.#log}`);
    this.#httpsPort = health.httpsPort;
  }
}
