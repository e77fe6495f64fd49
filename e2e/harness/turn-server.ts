import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { outwardAddress } from './outward-address.ts';
import { freePort } from './program.ts';

/** Relayed addresses of one server. */
const relayPortsMax = 20;

/** A coturn on this machine's first address, with a data folder that goes with it. */
export class TurnServer {
  readonly ip: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #log = '';

  private constructor(
    ip: string,
    port: number,
    { folder, secret }: { readonly folder: string; readonly secret: string | undefined },
  ) {
    this.ip = ip;
    this.port = port;
    this.#folder = folder;
    const relayPort = 42_000 + (process.pid % 300) * relayPortsMax;
    const addresses = [`--listening-ip=${ip}`, `--relay-ip=${ip}`, '--allow-loopback-peers'];
    const ports = [`--listening-port=${port}`, `--min-port=${relayPort}`, `--max-port=${relayPort + relayPortsMax}`];
    const files = [`--pidfile=${path.join(folder, 'pid')}`, `--userdb=${path.join(folder, 'db')}`];
    const longTerm = ['--lt-cred-mech', '--user=ann:secret'];
    const timeLimited = ['--use-auth-secret', `--static-auth-secret=${secret}`];
    const user = [...(secret === undefined ? longTerm : timeLimited), '--realm=rivero.test'];
    const rest = ['-n', '--no-cli', '--no-tls', '--no-dtls', '--verbose', '--log-file=stdout'];
    this.#child = spawn('turnserver', [...rest, ...addresses, ...ports, ...files, ...user], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk) => (this.#log += String(chunk)));
    this.#child.stderr?.on('data', (chunk) => (this.#log += String(chunk)));
  }

  /** With `secret`: for names that end in time instead of the user ann. */
  static async start(secret?: string): Promise<TurnServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'rivero-turn-'));
    const server = new TurnServer(outwardAddress(), await freePort(), { folder, secret });
    for (let waits = 0; !server.#log.includes('SQLite DB connection success'); waits++) {
      if (waits === 400 || server.#child.exitCode !== null)
        throw new Error(`turnserver did not start:\n${server.#log}`);
      await new Promise((resolve) => void setTimeout(resolve, 25));
    }
    return server;
  }

  /** As the `turnUrl` of a WebRtcEndpoint says it. */
  get url(): string {
    return `ann:secret@${this.ip}:${this.port}`;
  }

  get log(): string {
    return this.#log;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
