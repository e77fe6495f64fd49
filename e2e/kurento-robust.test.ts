import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserPage, openChromium } from './harness/browser.ts';
import { CuttableProxy } from './harness/cuttable-proxy.ts';
import { red } from './harness/known-media.ts';
import {
  type KurentoClient,
  type KurentoConnection,
  type KurentoEvent,
  loadKurentoClient,
} from './harness/kurento-client.ts';
import { KurentoPages, KurentoPeer } from './harness/kurento-page.ts';
import { type KurentoAnswer, KurentoSocket } from './harness/kurento-socket.ts';
import { freePort, Program } from './harness/program.ts';

let program: Program;
const undone: (() => unknown)[] = [];

function later(undo: () => unknown): void {
  undone.unshift(undo);
}

/** A client with its connection, as an application has both. */
async function connect(
  url = program.kurentoUrl,
): Promise<{ client: KurentoClient; connection: () => KurentoConnection }> {
  const connection = loadKurentoClient(7)(url);
  // It hands on what broke its connection, and ends an application that does not listen.
  const failures: string[] = [];
  connection._re.on('error', ({ message }) => failures.push(message));
  const late = setTimeout(
    () => fail(new Error(`${url} did not answer: ${failures.join(', ')}\n${program.log}`)),
    20_000,
  );
  let fail: (error: Error) => void = () => {};
  const client = await Promise.race([connection, new Promise<never>((_, reject) => (fail = reject))]);
  clearTimeout(late);
  later(() => client.close());
  return { client, connection: () => connection };
}

async function socket(): Promise<KurentoSocket> {
  const opened = await KurentoSocket.open(program.kurentoUrl);
  later(() => opened.cut());
  return opened;
}

/** Of the whole program, in megabytes. */
function residentMemory(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))?.[1]) / 1024;
}

function codesOf(answers: readonly KurentoAnswer[]): ReadonlySet<number | undefined> {
  return new Set(answers.map(({ error }) => error?.code));
}

/** As many requests as `ms` allow, thousands of them under way at any time. */
async function flood(to: KurentoSocket, ms: number, ask: () => Promise<KurentoAnswer>): Promise<KurentoAnswer[]> {
  const answers: KurentoAnswer[] = [];
  const end = Date.now() + ms;
  await Promise.all(
    Array.from({ length: 5_000 }, async () => {
      while (Date.now() < end) answers.push(await ask());
    }),
  );
  expect(await to.value('ping', {})).toBe('pong');
  return answers;
}

async function loopback(): Promise<BrowserPage> {
  const pages = await KurentoPages.serve();
  later(() => pages.stop());
  const browser = await openChromium({ colour: red });
  later(() => browser.close());
  const peer = await KurentoPeer.open(browser, pages.url, 'Ann');
  const { client } = await connect();
  const endpoint = await (await client.create('MediaPipeline')).create('WebRtcEndpoint');
  await endpoint.connect(endpoint);
  await peer.call(endpoint, 'Sendrecv');
  await peer.seesMovement();
  return browser;
}

beforeEach(async () => {
  undone.length = 0;
  program = await Program.start();
});

afterEach(async () => {
  for (const undo of undone.splice(0)) await undo();
  await program.stop();
});

describe('clients of the Kurento API that send what they like', () => {
  it('are answered by code or sent away, while the picture of another session goes on and memory is bounded', async () => {
    const browser = await loopback();
    await browser.evaluate(`(() => {
      const video = document.getElementById('remote');
      let last = performance.now();
      window.longestGap = 0;
      const next = () => {
        const now = performance.now();
        window.longestGap = Math.max(longestGap, now - last);
        last = now;
        video.requestVideoFrameCallback(next);
      };
      video.requestVideoFrameCallback(next);
    })()`);
    const memory = residentMemory();

    for (const [frame, code] of [
      ['{"jsonrpc":"2.0","id":1,"meth', 1007],
      [Uint8Array.from({ length: 5_000 }, (_, i) => i * 7), 1007],
      ['x'.repeat(1_000_001), 1009],
      [`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"interval":1${' '.repeat(1_000_000)}}}`, 1009],
    ] as const) {
      const one = await socket();
      one.send(frame);
      expect((await one.closed())[0]).toBe(code);
    }

    const one = await socket();
    for (const frame of ['[]', '{}', 'null', '1', '"ping"', '{"jsonrpc":"2.0","id":{},"method":"ping"}']) {
      one.send(frame);
      expect(await one.stray(), frame).toMatchObject({ id: null, error: { code: -32600 } });
    }
    const name = 'n'.repeat(900_000);
    const mediaPipeline = await one.value('create', { type: 'MediaPipeline' });
    for (const [method, params, code] of [
      ['nothing', {}, -32601],
      ['create', 1, -32602],
      ['create', {}, -32000],
      ['create', { type: 1 }, -32000],
      ['create', { type: 'toString' }, 40108],
      ['create', { type: 'WebRtcEndpoint' }, 40001],
      ['create', { type: 'WebRtcEndpoint', constructorParams: { mediaPipeline: 'nobody' } }, 40101],
      ['create', { type: 'WebRtcEndpoint', constructorParams: { mediaPipeline, recvonly: [] } }, 40001],
      ['create', { type: 'WebRtcEndpoint', constructorParams: { mediaPipeline: 'manager_ServerManager' } }, 40001],
      ['describe', { object: 'constructor' }, 40101],
      ['invoke', { object: mediaPipeline, operation: '__proto__' }, 40008],
      ['invoke', { object: mediaPipeline, operation: 'constructor' }, 40008],
      ['invoke', { object: mediaPipeline, operation: 'setName' }, 40001],
      ['invoke', { object: mediaPipeline, operation: 'setName', operationParams: { name } }, 40001],
      ['subscribe', { object: mediaPipeline, type: 'Nothing' }, 40106],
      ['transaction', { operations: 'all' }, -32000],
      ['connect', { sessionId: 'nobody' }, 40007],
    ] as const) {
      expect((await one.ask(method, params)).error, JSON.stringify(params).slice(0, 200)).toMatchObject({ code });
    }

    const subscribing = await socket();
    const subscribed = await flood(subscribing, 6_000, () =>
      subscribing.ask('subscribe', { object: mediaPipeline, type: 'Error' }),
    );
    expect(subscribed.length).toBeGreaterThan(20_000);
    expect(codesOf(subscribed)).toEqual(new Set([undefined, 40009]));
    expect(codesOf(await flood(one, 100, () => one.ask('invoke', { object: name, operation: 'x' })))).toEqual(
      new Set([40101]),
    );

    const creating = await socket();
    const created: KurentoAnswer[] = [];
    while (!codesOf(created).has(40009)) {
      const params = { type: 'PassThrough', constructorParams: { mediaPipeline } };
      created.push(...(await Promise.all(Array.from({ length: 9_000 }, () => creating.ask('create', params)))));
    }
    expect(codesOf(created)).toEqual(new Set([undefined, 40009]));
    expect(created.filter(({ error }) => error === undefined).length).toBeGreaterThan(40_000);
    await one.value('release', { object: mediaPipeline });
    expect((await creating.ask('closeSession', {})).result).toBeNull();
    expect((await creating.ask('invoke', { object: mediaPipeline, operation: 'getName' })).error?.code).toBe(40101);

    expect(residentMemory() - memory).toBeLessThan(900);
    expect(await browser.evaluate<number>('longestGap')).toBeLessThan(2_000);
  });
});

describe('the official client', () => {
  it('goes on in its session, with its objects and events, when its connection was cut; another takes it over', async () => {
    const proxy = await CuttableProxy.to(Number(new URL(program.kurentoUrl).port));
    later(() => proxy.stop());
    const { client, connection } = await connect(`ws://localhost:${proxy.port}/kurento`);
    const reconnected: unknown[] = [];
    connection().on('reconnected', (isSameSession) => reconnected.push(isSameSession));
    const pipeline = await client.create('MediaPipeline');
    const [source, sink] = [await pipeline.create('PassThrough'), await pipeline.create('PassThrough')];
    const events: KurentoEvent[] = [];
    source.on('ElementConnected', (event) => events.push(event));
    await sink.setName('before the cut');
    await source.connect(sink, 'AUDIO');
    await program.until('it is told', () => events.length === 1);
    const session = connection().sessionId;

    proxy.cut();
    await program.until('it reconnects', () => reconnected.length > 0);
    expect(reconnected).toEqual([true]);
    expect(connection().sessionId).toBe(session);
    expect(await sink.getName()).toBe('before the cut');
    await source.connect(sink, 'VIDEO');
    await program.until('it is told', () => events.length === 2);

    const second = await socket();
    expect((await second.ask('connect', { sessionId: session })).result?.sessionId).toBe(session);
    expect(await second.value('invoke', { object: sink.id, operation: 'getName' })).toBe('before the cut');
    await second.value('invoke', {
      object: source.id,
      operation: 'disconnect',
      operationParams: { sink: sink.id },
    });
    await second.value('invoke', { object: source.id, operation: 'connect', operationParams: { sink: sink.id } });
    await program.until('the second is told', () => second.events.some(({ type }) => type === 'ElementConnected'));
    expect(events).toHaveLength(2);
    // The first asks, and has its session again.
    await source.disconnect(sink);
    await source.connect(sink, 'AUDIO');
    await program.until('the first is told', () => events.length === 3);
  });

  it('is told that its session is gone when the program was started again, and begins anew', async () => {
    const port = await freePort();
    await program.stop();
    program = await Program.start({ KURENTO_PORT: String(port) });
    const { client, connection } = await connect(`ws://localhost:${port}/kurento`);
    const reconnected: unknown[] = [];
    connection().on('reconnected', (isSameSession) => reconnected.push(isSameSession));
    const pipeline = await client.create('MediaPipeline');
    program.signal('SIGKILL');
    await program.stop();
    program = await Program.start({ KURENTO_PORT: String(port) });
    await program.until('it reconnects', () => reconnected.length > 0);
    expect(reconnected).toEqual([false]);
    expect(await new Promise((resolve) => void pipeline.getName(resolve))).toMatchObject({ code: 40101 });
    expect(await (await client.create('MediaPipeline')).getChildren()).toEqual([]);
  });

  it('leaves its objects when it goes without a word, and takes them along with closeSession', async () => {
    const [watching, leaving, closing] = [await socket(), await socket(), await socket()];
    const pipelines = async (): Promise<unknown> =>
      watching.value('invoke', { object: 'manager_ServerManager', operation: 'getPipelines' });
    await watching.value('subscribe', { object: 'manager_ServerManager', type: 'ObjectDestroyed' });
    const left = await leaving.value('create', { type: 'MediaPipeline' });
    const closed = await closing.value('create', { type: 'MediaPipeline' });
    expect(await pipelines()).toEqual([left, closed]);
    leaving.cut();
    await closing.ask('closeSession', {});
    await program.until('it is told', () => watching.events.length > 0);
    expect(watching.events).toMatchObject([{ type: 'ObjectDestroyed', data: { objectId: closed } }]);
    expect(await pipelines()).toEqual([left]);
  });
});
