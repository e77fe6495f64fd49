import { milliseconds, after, monotonicMs, type MonotonicMs } from '@rivero/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeModel } from '../../test/fake-model.ts';
import { FakeSocket, requestText, settled } from './fake-socket.ts';
import { answerLifetime, sessionLifetime } from './rpc-limits.ts';
import { RpcServer } from './rpc-server.ts';

const pipeline = '1_kurento.MediaPipeline';

let now: MonotonicMs;
let model: FakeModel;
let errors: string[];
let rpc: RpcServer;
let socket: FakeSocket;

function openSocket(): FakeSocket {
  return new FakeSocket(rpc, () => now);
}

function pass(ms: number): void {
  now = after(now, milliseconds(ms));
  rpc.handleTimeout(now);
}

async function sessionOf(client: FakeSocket): Promise<string> {
  return String((await client.ask('connect'))?.result?.sessionId);
}

beforeEach(() => {
  now = monotonicMs(1_000);
  model = new FakeModel();
  errors = [];
  let ids = 0;
  const log = { debug() {}, info() {}, warn() {}, error: (text: string) => void errors.push(text) };
  rpc = new RpcServer({ model, log, newId: () => `uuid-${ids++}` }, now);
  socket = openSocket();
});

describe('answers', () => {
  it('are those of Kurento, each with the session', async () => {
    expect(await socket.ask('ping', { interval: 5000 })).toEqual({ id: 1, jsonrpc: '2.0', result: { value: 'pong' } });
    const sessionId = await sessionOf(socket);
    expect(socket.told.at(-1)?.result).toEqual({ serverId: 'uuid-0', sessionId });
    const results = [
      await socket.ask('ping'),
      await socket.ask('create', { type: 'MediaPipeline' }),
      await socket.ask('describe', { object: pipeline }),
      await socket.ask('invoke', { object: pipeline, operation: 'setName', operationParams: { name: 'x' } }),
      await socket.ask('subscribe', { object: pipeline, type: 'Error' }),
      await socket.ask('unsubscribe', { object: pipeline, subscription: 'zz' }),
      await socket.ask('ref', { object: pipeline }),
      await socket.ask('unref', { object: pipeline }),
      await socket.ask('release', { object: pipeline }),
      await socket.ask('keepAlive'),
      await socket.ask('closeSession'),
    ].map((told) => told?.result);
    expect(results).toEqual([
      { sessionId, value: 'pong' },
      { sessionId, value: pipeline },
      { sessionId, hierarchy: ['kurento.MediaObject'], qualifiedType: 'kurento.MediaPipeline', type: 'MediaPipeline' },
      { sessionId, value: null },
      { sessionId, value: 'subscription 4' },
      { sessionId },
      { sessionId },
      { sessionId },
      { sessionId },
      { sessionId },
      null,
    ]);
  });

  it.each([
    ['nosuch', {}, { code: -32601, message: 'Method not found.' }],
    ['__proto__', {}, { code: -32601, message: 'Method not found.' }],
    ['constructor', {}, { code: -32601, message: 'Method not found.' }],
    ['create', undefined, { code: -32000, message: "'type' parameter is required" }],
    ['create', null, { code: -32000, message: "'type' parameter is required" }],
    ['create', { type: 7 }, { code: -32000, message: "'type' parameter should be a string" }],
    ['create', ['MediaPipeline'], { code: -32602, message: 'Invalid params.' }],
    ['describe', {}, { code: -32000, message: "'object' parameter is required" }],
    ['invoke', { object: pipeline }, { code: -32000, message: "'operation' parameter is required" }],
    ['subscribe', { object: pipeline }, { code: -32000, message: "'type' parameter is required" }],
    ['transaction', {}, { code: -32000, message: "'operations' parameter is required" }],
    ['transaction', { operations: {} }, { code: -32000, message: "'operations' parameter should be an array" }],
    ['keepAlive', {}, { code: -32000, message: "'sessionId' parameter is required" }],
    ['closeSession', {}, { code: -32000, message: "'sessionId' parameter is required" }],
    ['ping', { sessionId: 7 }, { code: -32000, message: "'sessionId' parameter should be a string" }],
    [
      'create',
      { type: 'Nope' },
      { code: 40108, data: { type: 'MEDIA_OBJECT_NOT_AVAILABLE' }, message: "Factory 'Nope' not found" },
    ],
    ['connect', { sessionId: 'nope' }, { code: 40007, data: { type: 'INVALID_SESSION' }, message: 'Invalid session' }],
    ['keepAlive', { sessionId: 'x' }, { code: 40007, data: { type: 'INVALID_SESSION' }, message: 'Invalid session' }],
  ])('to a wrong %s %j is Kurento’s error', async (method, params, error) => {
    expect(await socket.ask(method, params)).toEqual({ error, id: 1, jsonrpc: '2.0' });
  });

  it('have the id as it came, of any type and size', async () => {
    for (const id of ['0', '-1', '12345678901234567890', '1e400', '1.50', '"a\\"b"', 'null']) {
      socket.hand(`{"jsonrpc":"2.0","method":"ping","id":${id},"params":{"id":3}}`);
    }
    const ids = ['0', '-1', '12345678901234567890', '1e400', '1.50', String.raw`"a\"b"`, 'null'];
    expect(socket.texts).toEqual(ids.map((id) => `{"id":${id},"jsonrpc":"2.0","result":{"value":"pong"}}`));
  });

  it.each([
    '[]',
    `[${requestText('ping', {}, 1)}]`,
    '7',
    'null',
    '"ping"',
    '{}',
    '{"id":1,"method":"ping"}',
    '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":1,"method":{}}',
    '{"jsonrpc":"2.0","id":{},"method":"ping"}',
    '{"jsonrpc":"2.0","id":true,"method":"ping"}',
    `{"jsonrpc":"2.0","id":"${'x'.repeat(300)}","method":"ping"}`,
    `{"jsonrpc":"2.0","id":1${'0'.repeat(300)},"method":"ping"}`,
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{"isAdmin":true}}}',
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":${'['.repeat(100)}${']'.repeat(100)}}`,
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
  ])('to %.60s is -32600 with the id null, and the socket goes on', async (text) => {
    socket.hand(text);
    expect(socket.texts).toEqual([
      '{"id":null,"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid JSON-RPC request."}}',
    ]);
    expect(await socket.ask('ping')).toBeDefined();
  });

  it.each(['', '{"jsonrpc":"2.0","id":1,"method":"pi', 'garbage', '\u0000'])('end the socket at %j', (text) => {
    socket.hand(text);
    expect(socket.closed).toEqual({ code: 1007, reason: 'Malformed JSON' });
    socket.hand(requestText('ping', {}, 1));
    expect(socket.texts).toEqual([]);
  });

  it('to a notification are its result as the data of an error, or the error itself', async () => {
    const sessionId = await sessionOf(socket);
    socket.hand('{"jsonrpc":"2.0","method":"ping"}');
    expect(JSON.parse(socket.texts.at(-1) ?? '')).toEqual({
      error: {
        code: -32000,
        data: { sessionId, value: 'pong' },
        message: 'Ignoring response because of a notification request',
      },
      id: null,
      jsonrpc: '2.0',
    });
    socket.hand('{"jsonrpc":"2.0","method":"nosuch"}');
    expect(JSON.parse(socket.texts.at(-1) ?? '')).toEqual({
      error: { code: -32601, message: 'Method not found.' },
      id: null,
      jsonrpc: '2.0',
    });
  });

  it('to a bug are 40500 without its text, with a line in the log, and harm nobody else', async () => {
    const other = openSocket();
    for (const operation of ['fail', 'unspeakable']) {
      expect(await socket.ask('invoke', { object: 'manager_ServerManager', operation })).toEqual({
        error: { code: 40500, data: { type: 'UNDEFINED' }, message: 'The server failed at this; its log has more.' },
        id: expect.any(Number),
        jsonrpc: '2.0',
      });
    }
    expect(errors).toHaveLength(2);
    expect(errors[0]).toContain('a bug of the model');
    expect((await other.ask('create', { type: 'MediaPipeline' }))?.result?.value).toBe(pipeline);
  });
});

describe('sessions', () => {
  it('are opened by connect, or by the first request that needs one', async () => {
    const sessionId = await sessionOf(socket);
    expect(await sessionOf(socket)).toBe(sessionId);
    const second = openSocket();
    await second.ask('ping');
    await second.ask('create', {});
    expect(rpc.statistics().sessions).toBe(1);
    const opened = (await second.ask('create', { type: 'MediaPipeline' }))?.result?.sessionId;
    expect(opened).not.toBe(sessionId);
    expect([...model.sessions]).toEqual([sessionId, opened]);
  });

  it('may have a name that the client made up, but not for connect', async () => {
    const told = await socket.ask('create', { type: 'MediaPipeline', sessionId: 'mine' });
    expect(told?.result?.sessionId).toBe('mine');
    expect((await socket.ask('ping'))?.result?.sessionId).toBe('mine');
    expect((await openSocket().ask('connect', { sessionId: 'mine' }))?.result?.sessionId).toBe('mine');
    expect((await socket.ask('subscribe', { object: pipeline, type: 'X', sessionId: '' }))?.result?.sessionId).toBe(
      'uuid-1',
    );
    const tooLong = 'x'.repeat(257);
    expect((await socket.ask('ref', { object: pipeline, sessionId: tooLong }))?.error?.code).toBe(40007);
  });

  it('go with their events to the socket that names them last; the first has none then', async () => {
    const sessionId = await sessionOf(socket);
    const second = openSocket();
    expect((await second.ask('connect', { sessionId }))?.result?.sessionId).toBe(sessionId);
    model.raise({ sessionId, objectId: 'o', type: 'Error', data: { a: 1 } });
    expect(second.told.at(-1)).toEqual({
      jsonrpc: '2.0',
      method: 'onEvent',
      params: { value: { data: { a: 1 }, object: 'o', type: 'Error' } },
    });
    expect(socket.closed).toBeUndefined();
    expect((await socket.ask('ping'))?.result).toEqual({ value: 'pong' });
    socket.breakOff();
    expect((await second.ask('ping'))?.result?.sessionId).toBe(sessionId);
  });

  it(`stay without a socket, losing events, and go ${sessionLifetime} ms after the last sign of life`, async () => {
    const sessionId = await sessionOf(socket);
    pass(2 * sessionLifetime);
    socket.breakOff();
    pass(sessionLifetime - 1);
    model.raise({ sessionId, objectId: 'o', type: 'Error', data: {} });
    const second = openSocket();
    expect((await second.ask('keepAlive', { sessionId }))?.result).toEqual({ sessionId });
    second.breakOff();
    pass(sessionLifetime - 1);
    expect(rpc.statistics()).toMatchObject({ sessions: 1, lostEvents: 1 });
    pass(1);
    await settled();
    expect(rpc.statistics()).toMatchObject({ sessions: 0, sockets: 0 });
    expect(model.calls).toEqual([`closeSession ${sessionId}`]);
    expect((await openSocket().ask('connect', { sessionId }))?.error?.code).toBe(40007);
  });

  it('do not go while a request is under way', async () => {
    const sessionId = await sessionOf(socket);
    const release = model.hold('record');
    await socket.ask('invoke', { object: 'manager_ServerManager', operation: 'record' });
    socket.breakOff();
    pass(sessionLifetime);
    release();
    await settled();
    pass(sessionLifetime - 1);
    expect([...model.sessions]).toEqual([sessionId]);
    pass(1);
    await settled();
    expect([...model.sessions]).toEqual([]);
  });

  it('end by closeSession when their requests have, and the socket may open another', async () => {
    const sessionId = await sessionOf(socket);
    const release = model.hold('record');
    socket.hand(requestText('invoke', { object: 'manager_ServerManager', operation: 'record' }, 'r'));
    expect(await socket.ask('closeSession', {}, 'c')).toBeUndefined();
    expect((await socket.ask('connect', { sessionId }))?.error?.code).toBe(40007);
    expect((await socket.ask('ref', { object: 'manager_ServerManager', sessionId }))?.error?.code).toBe(40007);
    release();
    await settled();
    expect(model.calls).toEqual(['record begins', 'record ends', `closeSession ${sessionId}`]);
    expect(socket.told.filter(({ id }) => id === 'r' || id === 'c').map(({ result }) => result)).toEqual([
      { sessionId, value: null },
      null,
    ]);
    expect(await sessionOf(socket)).not.toBe(sessionId);
  });

  it('all end when the server closes, and nobody is heard any more', async () => {
    await sessionOf(socket);
    const away = openSocket();
    await sessionOf(away);
    away.breakOff();
    await rpc.close();
    expect(socket.closed).toEqual({ code: 1001, reason: 'The server is being stopped' });
    expect([...model.sessions]).toEqual([]);
    expect(rpc.statistics()).toEqual({ sockets: 0, sessions: 0, busyPipelines: 0, lostEvents: 0 });
    model.raise({ sessionId: 'uuid-1', objectId: 'o', type: 'Error', data: {} });
    expect(rpc.statistics().lostEvents).toBe(0);
  });

  it('end when the server closes, whatever they wait for', async () => {
    await sessionOf(socket);
    const release = model.hold('slow');
    const text = requestText('invoke', { object: 'manager_ServerManager', operation: 'slow' }, 'slow');
    socket.hand(text);
    await rpc.close();
    expect([...model.sessions]).toEqual([]);
    release();
    await settled();
    expect(rpc.statistics()).toMatchObject({ sessions: 0, busyPipelines: 0 });
  }, 1_000);
});

describe('a repeated request', () => {
  it(`gets the first answer for ${answerLifetime} ms, also on another socket`, async () => {
    const sessionId = await sessionOf(socket);
    const first = await socket.ask('create', { type: 'MediaPipeline', sessionId }, 999);
    socket.breakOff();
    const second = openSocket();
    pass(answerLifetime - 1);
    expect(await second.ask('create', { type: 'MediaPipeline', sessionId }, 999)).toEqual(first);
    pass(1);
    expect(await second.ask('create', { type: 'MediaPipeline', sessionId }, 999)).not.toEqual(first);
    expect(model.calls.filter((call) => call.startsWith('create'))).toHaveLength(2);
  });

  it('is not done again while it runs, and each is answered', async () => {
    const release = model.hold('record');
    const request = { object: 'manager_ServerManager', operation: 'record' };
    await socket.ask('invoke', request, 5);
    await socket.ask('invoke', request, 5);
    release();
    await settled();
    expect(model.calls).toEqual(['record begins', 'record ends']);
    expect(socket.texts).toHaveLength(2);
    expect(socket.texts[0]).toBe(socket.texts[1]);
  });

  it('is another one when anything but its id differs, or its session', async () => {
    await socket.ask('create', { type: 'MediaPipeline' }, 1);
    expect((await socket.ask('create', { type: 'PassThrough' }, 1))?.result?.value).toBe('2_kurento.PassThrough');
    expect((await openSocket().ask('create', { type: 'MediaPipeline' }, 1))?.result?.value).toBe(
      '3_kurento.MediaPipeline',
    );
  });

  it('is done again when it has no id', async () => {
    for (const id of [undefined, undefined, null, null]) {
      socket.hand(requestText('create', { type: 'MediaPipeline' }, id));
    }
    await settled();
    expect(model.calls).toHaveLength(4);
  });
});

describe('requests', () => {
  const invoke = (object: string, operation: string, id: string): string =>
    requestText('invoke', { object, operation }, id);

  it('about objects of one pipeline run in their order, whoever asks; others run beside them', async () => {
    await socket.ask('create', { type: 'MediaPipeline' });
    await socket.ask('create', { type: 'MediaPipeline' });
    await socket.ask('create', { type: 'PassThrough', constructorParams: { mediaPipeline: pipeline } });
    const child = `${pipeline}/3_kurento.PassThrough`;
    model.calls.length = 0;
    const release = model.hold('slow');
    const other = openSocket();
    socket.hand(invoke(child, 'slow', 'a'));
    other.hand(invoke(pipeline, 'quick', 'b'));
    socket.hand(requestText('release', { object: child }, 'c'));
    socket.hand(requestText('create', { type: 'PassThrough', constructorParams: { mediaPipeline: pipeline } }, 'd'));
    // As the official client names hubs.
    const hub = { id: `${pipeline}/9_kurento.Dispatcher` };
    socket.hand(requestText('create', { type: 'HubPort', constructorParams: { hub } }, 'f'));
    other.hand(invoke('2_kurento.MediaPipeline', 'beside', 'e'));
    await settled();
    expect(model.calls).toEqual(['slow begins', 'beside begins', 'beside ends']);
    expect(rpc.statistics().busyPipelines).toBe(1);
    release();
    await settled();
    expect(model.calls.slice(3)).toEqual([
      'slow ends',
      'quick begins',
      'quick ends',
      `release ${child}`,
      'create uuid-1 PassThrough',
      'create uuid-1 HubPort',
    ]);
    expect(rpc.statistics().busyPipelines).toBe(0);
  });

  it('go on when one of their pipeline is refused', async () => {
    await socket.ask('create', { type: 'MediaPipeline' });
    socket.hand(invoke(pipeline, 'fail', 'a'));
    socket.hand(invoke(`${pipeline}/nobody`, 'x', 'b'));
    socket.hand(invoke(pipeline, 'echo', 'c'));
    await settled();
    expect(socket.told.slice(1).map(({ id, error }) => [id, error?.code])).toEqual([
      ['a', 40500],
      ['b', 40101],
      ['c', undefined],
    ]);
  });
});

it('lets no bug of a socket out', async () => {
  const fail = (): void => {
    throw new TypeError('a bug of the socket');
  };
  const second = openSocket();
  for (const each of [socket, second]) each.send = fail;
  socket.hand(requestText('ping', {}, 1));
  expect(socket.closed?.code).toBe(1011);
  errors.length = 0;
  second.hand(requestText('ref', { object: 'manager_ServerManager' }, 1));
  await settled();
  expect(errors).toEqual([expect.stringContaining('a bug of the socket')]);
});
