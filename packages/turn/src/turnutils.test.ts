import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DatapathChoice } from '@rivero/datapath';
import { openLogs } from '@rivero/runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { startTurn, type Turn } from './start-turn.ts';
import { turnOptions } from './test/turn-options.ts';

const host = '127.0.0.1';
const secret = 'a-secret-that-others-know';
const turns: Turn[] = [];

afterAll(async () => {
  for (const turn of turns) await turn.stop();
});

async function started(
  onLog: (text: string) => void = () => {},
  datapath: DatapathChoice = 'auto',
): Promise<{ readonly plain: number; readonly tls: number }> {
  const turn = await startTurn({
    ...turnOptions,
    datapath,
    log: openLogs({
      levels: { standard: 'debug', modules: {} },
      output: { write: onLog },
      format: 'json',
    }).module('turn'),
    users: [{ username: 'ann', password: 'a-password' }],
    secrets: [secret],
    allowedPeers: ['127.0.0.0/8', '::1'],
    allocationsPerUserMax: 4_000,
  });
  turns.push(turn);
  return { plain: turn.port ?? 0, tls: turn.tlsPort ?? 0 };
}

/** Runs one of coturn's programs to its end. */
async function run(program: string, words: readonly string[]): Promise<string> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  const [code] = await once(child, 'close');
  expect(code, text).toBe(0);
  return text;
}

const longTerm = ['-u', 'ann', '-w', 'a-password'];
const sharedSecret = ['-u', 'bob', '-W', secret];

interface TurnutilsRun {
  readonly name: string;
  readonly words: readonly string[];
  readonly allocations: number;
  readonly datapath?: DatapathChoice;
}

/** `-y`: clients speak to each other, each by its own relay, all at 127.0.0.1. */
describe.concurrent('turnutils_uclient loses nothing', () => {
  it.each<TurnutilsRun>([
    { name: 'over UDP, with 300 allocations', words: ['-y', '-m', '240', ...longTerm], allocations: 300 },
    {
      name: 'over UDP by dgram, with 100 allocations',
      words: ['-y', '-m', '80', ...longTerm],
      allocations: 100,
      datapath: 'twin',
    },
    { name: 'over UDP by Send indications', words: ['-y', '-s', '-m', '20', ...longTerm], allocations: 25 },
    { name: 'over UDP with the shared secret', words: ['-y', '-m', '20', ...sharedSecret], allocations: 25 },
    { name: 'over UDP with IPv6 relays', words: ['-y', '-x', '-m', '20', ...longTerm], allocations: 25 },
    { name: 'over TCP, with 200 allocations', words: ['-y', '-t', '-m', '160', ...longTerm], allocations: 200 },
    { name: 'over TCP with the shared secret', words: ['-y', '-t', '-m', '20', ...sharedSecret], allocations: 25 },
    { name: 'over TLS, with 100 allocations', words: ['-y', '-t', '-S', '-m', '80', ...longTerm], allocations: 100 },
    {
      name: 'over TLS with the shared secret',
      words: ['-y', '-t', '-S', '-m', '20', ...sharedSecret],
      allocations: 25,
    },
    { name: 'by TCP relays', words: ['-T', '-m', '10', ...longTerm], allocations: 10 },
    // coturn's client counts nothing that comes 10 s after it sent its last: where other programs have the processors for so long,
    // it says that packets are lost. Loopback loses none, and a server that does so by itself loses some each time.
  ])('$name', { timeout: 180_000, retry: 1 }, async ({ words, allocations, datapath }) => {
    const allocated: string[] = [];
    const { plain, tls } = await started(
      (text) => void (text.includes('"msg":"allocated"') && allocated.push(text)),
      datapath,
    );
    const port = words.includes('-S') ? tls : plain;
    const text = await run('turnutils_uclient', ['-n', '10', '-p', String(port), ...words, host]);
    const [, sent, received] = /tot_send_msgs=(\d+), tot_recv_msgs=(\d+)(?![\s\S]*tot_send_msgs)/.exec(text) ?? [];
    expect(Number(sent), text).toBeGreaterThan(0);
    expect(received, text).toBe(sent);
    expect(text).toMatch(/Total lost packets 0 /);
    expect(allocated.length).toBeGreaterThanOrEqual(allocations);
  });
});

it('turnutils_stunclient learns its address', async () => {
  const { plain } = await started();
  const text = await run('turnutils_stunclient', ['-p', String(plain), host]);
  expect(text).toMatch(/reflexive addr: 127\.0\.0\.1:\d+/);
});
