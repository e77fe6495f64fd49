import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hasProgram, requireProgram } from '../required-program.ts';

const host = '127.0.0.1';
const username = 'ann';
const password = 'a-password';

/** Of Linux, for what /proc tells (USER_HZ). */
const microsecondsPerTick = 10_000;

const answerAttempts = 100;
const answerWaitMs = 100;

/** What clients do in one round: in pairs, each speaks to the other through both relays. */
export interface Traffic {
  readonly clients: number;
  readonly messagesPerClient: number;
  readonly messageBytes: number;
  readonly intervalMs: number;
}

export interface Round {
  readonly sent: number;
  /** Messages that came to the other client. */
  readonly relayed: number;
  /** CPU time of the server for each of those, user and system. */
  readonly microseconds: number;
}

/** A TURN server in a process of its own, on a processor of its own. */
export class TurnContender {
  readonly #child: ChildProcess;
  readonly #port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  static async startOwn(datapath: 'native' | 'twin'): Promise<TurnContender> {
    const port = await freePort();
    const file = fileURLToPath(new URL('own-server.ts', import.meta.url));
    return TurnContender.#start(process.execPath, [file, String(port), username, password, datapath], port);
  }

  /** With one thread that relays. */
  static async startCoturn(): Promise<TurnContender> {
    requireProgram('turnserver', 'coturn');
    const port = await freePort();
    const words = ['-n', '-a', '-u', `${username}:${password}`, '-r', 'example.org', '-p', String(port), '-m', '1'];
    words.push('-L', host, '-E', host, '--allow-loopback-peers', '--no-cli', '--no-tls', '--no-dtls');
    words.push('--log-file', '/dev/null', '--pidfile', path.join(tmpdir(), `rivero-bench-coturn-${port}.pid`));
    return TurnContender.#start('turnserver', words, port);
  }

  static async #start(program: string, words: readonly string[], port: number): Promise<TurnContender> {
    const child = spawn(...pinned('0', program, words), { stdio: 'ignore' });
    for (let attempts = 0; !(await answers(port)); attempts++) {
      if (child.exitCode !== null || attempts > answerAttempts) throw new Error(`${program} does not answer`);
    }
    return new TurnContender(child, port);
  }

  /** One run of coturn's client. */
  async relay({ clients, messagesPerClient, messageBytes, intervalMs }: Traffic): Promise<Round> {
    const counts = { '-m': clients, '-n': messagesPerClient, '-l': messageBytes, '-z': intervalMs, '-p': this.#port };
    const words = [...Object.entries(counts).flat().map(String), '-u', username, '-w', password];
    const others = `1-${Math.max(1, cpus().length - 1)}`;
    const before = this.#cpuTime();
    // `-y`: clients speak to each other; `-c`: each by one allocation.
    const client = spawn(...pinned(others, 'turnutils_uclient', ['-y', '-c', ...words, host]));
    let text = '';
    client.stdout.on('data', (chunk) => (text += String(chunk)));
    await once(client, 'close');
    const cpuTime = this.#cpuTime() - before;
    const [, sent, relayed] = /tot_send_msgs=(\d+), tot_recv_msgs=(\d+)(?![\s\S]*tot_send_msgs)/.exec(text) ?? [];
    if (relayed === undefined || Number(relayed) === 0) throw new Error(`nothing was relayed: ${text}`);
    return { sent: Number(sent), relayed: Number(relayed), microseconds: cpuTime / Number(relayed) };
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  /** So far, all threads, in microseconds. */
  #cpuTime(): number {
    const [, fields] = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    return (user + system) * microsecondsPerTick;
  }
}

/** On some of the processors, where that can be said. */
function pinned(processors: string, program: string, words: readonly string[]): [string, string[]] {
  if (cpus().length < 2 || !hasProgram('taskset')) return [program, [...words]];
  return ['taskset', ['-c', processors, program, ...words]];
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** True when a STUN server is there. */
async function answers(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const binding = Buffer.from('000100002112a442', 'hex');
  socket.send(Buffer.concat([binding, Buffer.alloc(12, 7)]), port, host);
  const answer = once(socket, 'message').then(() => true);
  const isThere = await Promise.race([answer, wait(answerWaitMs, false)]);
  socket.close();
  return isThere;
}
