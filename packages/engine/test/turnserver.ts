import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Ports of relayed addresses; each server takes a range of its own. */
let nextRelayPort = 41_000 + (process.pid % 50) * 100;

/** A coturn on 127.0.0.1 that relays to loopback. */
export class Turnserver {
  readonly port: number;
  readonly username = 'ann';
  readonly password = 'a secret';
  readonly #child: ChildProcess;
  readonly #folder: string;
  #log = '';

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    const relayPort = nextRelayPort;
    nextRelayPort += 20;
    this.#child = spawn(
      'turnserver',
      [
        '-n',
        '--no-cli',
        '--listening-ip=127.0.0.1',
        '--relay-ip=127.0.0.1',
        '--allow-loopback-peers',
        `--listening-port=${port}`,
        `--min-port=${relayPort}`,
        `--max-port=${relayPort + 19}`,
        '--lt-cred-mech',
        `--user=${this.username}:${this.password}`,
        '--realm=rivero.test',
        '--verbose',
        '--log-file=stdout',
        `--pidfile=${path.join(folder, 'pid')}`,
        `--userdb=${path.join(folder, 'db')}`,
        ...options,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child.stdout?.on('data', (chunk) => (this.#log += String(chunk)));
    this.#child.stderr?.on('data', (chunk) => (this.#log += String(chunk)));
  }

  static async start(...options: readonly string[]): Promise<Turnserver> {
    const folder = await mkdtemp(path.join(tmpdir(), 'rivero-turn-'));
    const server = new Turnserver(await freePort(), folder, ['--no-tls', '--no-dtls', ...options]);
    await server.#started();
    return server;
  }

  /** With a certificate for localhost that nobody has signed but itself. */
  static async startWithTls(): Promise<Turnserver> {
    const folder = await mkdtemp(path.join(tmpdir(), 'rivero-turn-'));
    const [key, certificate] = ['key', 'certificate'].map((name) => path.join(folder, `${name}.pem`));
    const kind = ['-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', ['req', ...kind, ...names, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const port = await freePort();
    const files = [`--cert=${certificate}`, `--pkey=${key}`, `--tls-listening-port=${port}`];
    const server = new Turnserver(port, folder, files);
    await server.#started();
    return server;
  }

  /** It tells of its database before it listens; by TCP one sees when it does. */
  async #started(): Promise<void> {
    for (let waits = 0; !(await accepts(this.port)); waits++) {
      if (waits === 200 || this.#child.exitCode !== null) throw new Error(`turnserver did not start:\n${this.log}`);
      await new Promise((resolve) => void setTimeout(resolve, 25));
    }
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

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
