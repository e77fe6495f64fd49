import { once } from 'node:events';
import { after, type MonotonicMs, monotonicMs } from '@rivero/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Kurento, type KurentoOptions, startKurento } from './kurento.ts';
import { FakeEndpointEngine } from './test/fake-endpoint-engine.ts';
import { sessionLifetime } from './rpc/index.ts';

interface Answer {
  readonly id?: unknown;
  readonly result?: { readonly value?: unknown };
  readonly error?: { readonly code: number };
}

class Client {
  readonly socket: WebSocket;
  readonly heard: Answer[] = [];
  #lastId = 0;

  constructor(port: number | undefined) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/kurento`);
    this.socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as Answer));
  }

  ask(method: string, params: unknown): number {
    this.#lastId += 1;
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id: this.#lastId, method, params }));
    return this.#lastId;
  }

  async value(method: string, params: unknown): Promise<unknown> {
    const asked = this.ask(method, params);
    const answer = await vi.waitUntil(() => this.heard.find(({ id }) => id === asked), { interval: 2 });
    return answer.error?.code ?? answer.result?.value;
  }
}

let engine: FakeEndpointEngine;
let warnings: string[];
let kurento: Kurento | undefined;
let clients: Client[];
let now: MonotonicMs;

async function start(options: Partial<KurentoOptions> = {}): Promise<Kurento> {
  return startKurento({
    engine,
    log: { debug() {}, info() {}, warn: (text) => void warnings.push(text), error() {} },
    host: '127.0.0.1',
    port: 0,
    tlsPort: 'off',
    certificate: () => Promise.reject(new Error('no certificate')),
    allowedAddresses: new Set(['127.0.0.1']),
    token: undefined,
    allowedOrigins: [],
    monotonicNow: () => now,
    ...options,
  });
}

async function connected(): Promise<Client> {
  const client = new Client(kurento?.port);
  clients.push(client);
  await once(client.socket, 'open');
  return client;
}

async function openEndpoint(client: Client): Promise<string> {
  const mediaPipeline = await client.value('create', { type: 'MediaPipeline' });
  return String(await client.value('create', { type: 'WebRtcEndpoint', constructorParams: { mediaPipeline } }));
}

beforeEach(() => {
  engine = new FakeEndpointEngine();
  warnings = [];
  clients = [];
  now = monotonicMs(0);
});

afterEach(async () => {
  for (const { socket } of clients) socket.terminate();
  await kurento?.stop();
  kurento = undefined;
});

it('opens objects in the engine, and takes all of them back when it stops', async () => {
  kurento = await start();
  const client = await connected();
  const endpoint = await openEndpoint(client);
  expect(await client.value('invoke', { object: endpoint, operation: 'getName' })).toBe(endpoint);
  await client.value('subscribe', { object: endpoint, type: 'Error' });
  expect([engine.rooms.size, engine.endpoints.size]).toEqual([1, 1]);
  expect(kurento.statistics()).toEqual({ sockets: 1, sessions: 1, objects: 3, subscriptions: 1 });
  await kurento.stop();
  expect([engine.rooms.size, engine.endpoints.size]).toEqual([0, 0]);
  expect(kurento.statistics()).toEqual({ sockets: 0, sessions: 0, objects: 1, subscriptions: 0 });
});

it('takes back what a client leaves behind, when its time is over', async () => {
  kurento = await start();
  const client = await connected();
  await openEndpoint(client);
  client.socket.terminate();
  await vi.waitUntil(() => kurento?.statistics().sockets === 0);
  expect([engine.rooms.size, engine.endpoints.size]).toEqual([1, 1]);
  now = after(now, sessionLifetime);
  await vi.waitUntil(() => engine.rooms.size === 0);
  expect(kurento.statistics()).toEqual({ sockets: 0, sessions: 0, objects: 1, subscriptions: 0 });
});

it('answers a flood of subscriptions, keeps as many as it may, and goes on with others', async () => {
  kurento = await start();
  const [flooder, other] = [await connected(), await connected()];
  const asked = 12_000;
  for (let count = 0; count < asked; count++) {
    flooder.ask('subscribe', { object: 'manager_ServerManager', type: 'ObjectCreated' });
  }
  expect(await other.value('ping', {})).toBe('pong');
  await vi.waitUntil(() => flooder.heard.length === asked, { timeout: 20_000 });
  const refused = flooder.heard.filter(({ error }) => error?.code === 40009).length;
  expect(refused).toBe(asked - kurento.statistics().subscriptions);
  expect(refused).toBeGreaterThan(0);
  expect(await openEndpoint(other)).toMatch(/WebRtcEndpoint$/);
});

it('fails when its port is taken, and leaves the engine alone', async () => {
  kurento = await start();
  await expect(start({ port: kurento.port ?? 0 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect([engine.rooms.size, engine.endpoints.size]).toEqual([0, 0]);
});

it.each([
  [{ host: undefined, allowedAddresses: undefined }, 1],
  [{ host: 'localhost', allowedAddresses: undefined }, 0],
  [{ host: '127.0.0.1', allowedAddresses: undefined }, 0],
  [{ host: undefined, allowedAddresses: undefined, token: 'a-token-of-some-length' }, 0],
  [{ host: undefined, allowedAddresses: new Set(['127.0.0.1']) }, 0],
])('with %j warns %i times that it is open to all', async (options, count) => {
  kurento = await start(options);
  expect(warnings).toHaveLength(count);
});
