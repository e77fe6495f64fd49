import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CodedError } from '@rivero/core';
import type {
  NegotiateAnswer,
  NegotiateRequest,
  RunningEngine,
  SectionsNeeded,
  WorkerStatistics,
} from '@rivero/engine';
import type { LoadedEngine } from '@rivero/testkit';
import { requireProgram } from '../required-program.ts';
import { type ProcessorTimes, processorTimes } from './processor-times.ts';

/** Of the kernel's CPU times: USER_HZ, the same on all of Linux that we run on. */
const ticksPerSecond = 100;

type CallOf<Method extends keyof LoadedEngine | 'workerStatistics'> = {
  readonly method: Method;
  readonly words: Parameters<RunningEngine[Method]>;
};

/** What the process is asked for. */
export interface EngineRequest {
  readonly id: number;
  readonly call:
    | CallOf<'openRoom'>
    | CallOf<'openPeer'>
    | CallOf<'subscribe'>
    | CallOf<'negotiate'>
    | CallOf<'workerStatistics'>;
}

/** With the id 0: it is up. */
export interface EngineResponse {
  readonly id: number;
  readonly result?: unknown;
  readonly refused?: { readonly code: string; readonly message: string };
}

/** All threads that the process has now. */
function pin(pid: number | undefined, cores: string): void {
  requireProgram('taskset', 'util-linux');
  execFileSync('taskset', ['-acp', cores, String(pid)], { stdio: 'ignore' });
}

export interface RemoteEngineOptions {
  /** On this one alone, and this process on those before it; left out: wherever the kernel wants. */
  readonly core?: number;
  readonly nodeFlags?: readonly string[];
  /** Left out: one media worker. */
  readonly workers?: number;
  /** Peers of a room in one worker before it grows into the next one. */
  readonly roomSessionsMax?: number;
}

/** An engine in a process of its own. */
export class RemoteEngine implements LoadedEngine {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (response: EngineResponse) => void>();
  #nextId = 1;

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error('the engine has no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const response: EngineResponse = JSON.parse(line);
      this.#pending.get(response.id)?.(response);
      this.#pending.delete(response.id);
    });
    child.once('exit', () => {
      const refused = { code: 'bench-engine-lost', message: 'the process of the engine ended' };
      for (const [id, answer] of this.#pending) answer({ id, refused });
      this.#pending.clear();
    });
  }

  static async start({ core, nodeFlags = [], workers = 1, roomSessionsMax = 10_000 }: RemoteEngineOptions = {}) {
    const file = fileURLToPath(new URL('engine-process.ts', import.meta.url));
    const words = [...nodeFlags, file, String(workers), String(roomSessionsMax)];
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    const engine = new RemoteEngine(child);
    const up = Promise.withResolvers<EngineResponse>();
    engine.#pending.set(0, up.resolve);
    resultOf(await up.promise);
    if (core !== undefined) {
      pin(child.pid, String(core));
      if (core > 0) pin(process.pid, `0-${core - 1}`);
    }
    return engine;
  }

  async openRoom(...words: CallOf<'openRoom'>['words']): Promise<void> {
    await this.#ask({ method: 'openRoom', words });
  }

  async openPeer(...words: CallOf<'openPeer'>['words']): Promise<void> {
    await this.#ask({ method: 'openPeer', words });
  }

  async subscribe(...words: CallOf<'subscribe'>['words']): Promise<SectionsNeeded> {
    return (await this.#ask({ method: 'subscribe', words })) as SectionsNeeded;
  }

  async negotiate(roomId: string, peerId: string, request: NegotiateRequest): Promise<NegotiateAnswer> {
    return (await this.#ask({ method: 'negotiate', words: [roomId, peerId, request] })) as NegotiateAnswer;
  }

  /** Of each media worker. */
  async workerStatistics(): Promise<readonly WorkerStatistics[]> {
    return (await this.#ask({ method: 'workerStatistics', words: [] })) as readonly WorkerStatistics[];
  }

  /** Memory that is its own and in RAM, in bytes. */
  residentBytes(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(this.#file('status')) ?? [];
    return Number(kilobytes) * 1024;
  }

  /** CPU time of all its threads so far, in seconds. */
  cpuSeconds(): number {
    const stat = this.#file('stat');
    // Behind the name, which may have spaces: utime and stime are the 14th and 15th field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }

  /** All that its threads ran and waited so far. */
  processorTimes(): ProcessorTimes {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the engine has no process');
    return processorTimes(pid);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }

  #file(name: string): string {
    return readFileSync(`/proc/${this.#child.pid}/${name}`, 'utf8');
  }

  async #ask(call: EngineRequest['call']): Promise<unknown> {
    const id = this.#nextId++;
    const answered = Promise.withResolvers<EngineResponse>();
    this.#pending.set(id, answered.resolve);
    this.#child.stdin?.write(`${JSON.stringify({ id, call } satisfies EngineRequest)}\n`);
    return resultOf(await answered.promise);
  }
}

function resultOf({ result, refused }: EngineResponse): unknown {
  if (refused !== undefined) throw new CodedError(refused.code, refused.message);
  return result;
}
