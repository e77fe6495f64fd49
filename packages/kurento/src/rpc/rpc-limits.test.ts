import { after, milliseconds, monotonicMs, type MonotonicMs } from '@rivero/core';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeModel } from '../../test/fake-model.ts';
import { AnswerCache } from './answer-cache.ts';
import { FakeSocket, requestText, settled } from './fake-socket.ts';
import {
  answerBytesMax,
  answerLifetime,
  answersMax,
  bytesInFlightMax,
  frameBytesMax,
  nestingDepthMax,
  operationsPerTransactionMax,
  queuedBytesMax,
  requestIdLengthMax,
  requestsInFlightMax,
  sessionIdLengthMax,
  sessionLifetime,
  sessionsMax,
  sessionsPerSocketMax,
  socketsMax,
} from './rpc-limits.ts';
import { RpcServer } from './rpc-server.ts';

const manager = 'manager_ServerManager';
const tooMuch = { code: 40009, data: { type: 'NOT_ENOUGH_RESOURCES' } };

let now: MonotonicMs;
let model: FakeModel;
let rpc: RpcServer;
let socket: FakeSocket;

function openSocket(): FakeSocket {
  return new FakeSocket(rpc, () => now);
}

beforeEach(() => {
  now = monotonicMs(1_000);
  model = new FakeModel();
  let ids = 0;
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  rpc = new RpcServer({ model, log, newId: () => `uuid-${ids++}` }, now);
  socket = openSocket();
});

describe('limits', () => {
  it(`hold ${socketsMax} sockets`, () => {
    const sockets = [socket];
    while (!rpc.isFull) sockets.push(openSocket());
    expect(sockets).toHaveLength(socketsMax);
    socket.breakOff();
    expect(rpc.isFull).toBe(false);
  });

  it(`hold ${sessionsMax} sessions, and take new ones when old ones went`, async () => {
    for (let opened = 0; opened < sessionsMax; opened++) {
      const client = openSocket();
      client.hand(requestText('connect', {}, 1));
      client.breakOff();
    }
    expect(rpc.statistics().sessions).toBe(sessionsMax);
    expect((await socket.ask('connect'))?.error).toMatchObject(tooMuch);
    expect((await socket.ask('create', { type: 'MediaPipeline' }))?.error).toMatchObject(tooMuch);
    expect((await socket.ask('ping'))?.result).toEqual({ value: 'pong' });
    now = after(now, sessionLifetime);
    rpc.handleTimeout(now);
    await settled();
    expect((await socket.ask('connect'))?.result).toBeDefined();
    expect(model.sessions.size).toBe(1);
  });

  it(`let one socket open ${sessionsPerSocketMax} sessions that live at once`, async () => {
    const open = (sessionId: string): ReturnType<typeof socket.ask> =>
      socket.ask('ref', { object: manager, sessionId });
    for (let opened = 0; opened < sessionsPerSocketMax; opened++) await open(`s${opened}`);
    expect((await open('one more'))?.error).toMatchObject(tooMuch);
    expect((await openSocket().ask('connect'))?.result).toBeDefined();
    await socket.ask('closeSession', { sessionId: 's0' });
    expect((await open('one more'))?.result?.sessionId).toBe('one more');
  });

  it(`hold ${requestsInFlightMax} requests of one socket, repeated ones included, and of one session`, async () => {
    const release = model.hold('slow');
    const hand = (id: number): void => socket.hand(requestText('invoke', { object: manager, operation: 'slow' }, id));
    hand(0);
    for (let id = 0; id < requestsInFlightMax - 1; id++) hand(id);
    const { sessionId } = (await socket.ask('ping'))?.result ?? {};
    expect((await socket.ask('ref', { object: manager }, 'more'))?.error).toMatchObject(tooMuch);
    expect((await openSocket().ask('ref', { object: manager }))?.result).toBeDefined();
    socket.breakOff();
    const second = openSocket();
    // One less: a repetition is none of the session's.
    second.hand(requestText('invoke', { object: manager, operation: 'slow', sessionId }, 'last'));
    expect((await second.ask('ref', { object: manager, sessionId }, 'more'))?.error).toMatchObject(tooMuch);
    release();
    await settled();
    expect((await second.ask('ref', { object: manager, sessionId }, 'again'))?.result).toEqual({ sessionId });
  });

  it(`hold ${bytesInFlightMax} characters of requests of one socket`, async () => {
    const release = model.hold('slow');
    const operationParams = { text: 'x'.repeat(frameBytesMax) };
    const taken = Math.ceil(bytesInFlightMax / frameBytesMax);
    for (let id = 0; id < taken; id++) {
      socket.hand(requestText('invoke', { object: manager, operation: 'slow', operationParams }, id));
    }
    expect((await socket.ask('ref', { object: manager }, 'more'))?.error).toMatchObject(tooMuch);
    release();
    await settled();
    expect((await socket.ask('ref', { object: manager }, 'again'))?.result).toBeDefined();
  });

  it(`let ${queuedBytesMax} bytes wait for a client that does not read, then close it; its session stays`, async () => {
    const ask = async (length: number): Promise<unknown> =>
      (await socket.ask('invoke', { object: manager, operation: 'big', operationParams: { length } }))?.result?.value;
    socket.queuedBytes = queuedBytesMax - 1_000;
    expect(await ask(900)).toHaveLength(900);
    expect(await ask(1_000)).toBeUndefined();
    expect(socket.closed).toEqual({ code: 1008, reason: 'Answers are not read' });
    socket.breakOff();
    expect((await openSocket().ask('connect', { sessionId: 'uuid-1' }))?.result).toBeDefined();
  });

  it('close also who does not read events', async () => {
    await socket.ask('connect');
    socket.queuedBytes = queuedBytesMax;
    model.raise({ sessionId: 'uuid-1', objectId: 'o', type: 'Error', data: {} });
    expect(socket.closed?.code).toBe(1008);
    expect(rpc.statistics().lostEvents).toBe(1);
  });

  it(`let a transaction have ${operationsPerTransactionMax} operations`, async () => {
    const operations = Array.from({ length: operationsPerTransactionMax + 1 }, (_, id) => ({
      id,
      jsonrpc: '2.0',
      method: 'ref',
      params: { object: manager },
    }));
    expect((await socket.ask('transaction', { operations }))?.error).toMatchObject(tooMuch);
    expect(model.calls).toEqual([]);
    const told = await socket.ask('transaction', {
      operations: operations.slice(1).map((each, id) => ({ ...each, id })),
    });
    expect(told?.result?.value).toHaveLength(operationsPerTransactionMax);
  });

  it(`let requests nest ${nestingDepthMax} deep`, () => {
    // The request itself is one.
    for (const depth of [nestingDepthMax - 1, nestingDepthMax]) {
      socket.hand(`{"jsonrpc":"2.0","id":1,"method":"nosuch","params":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    }
    expect(socket.told.map(({ error }) => error?.code)).toEqual([-32601, -32600]);
  });

  it(`let ids have ${requestIdLengthMax} characters, and names of sessions ${sessionIdLengthMax}`, async () => {
    for (const length of [requestIdLengthMax - 2, requestIdLengthMax - 1])
      await socket.ask('ping', {}, 'x'.repeat(length));
    for (const length of [sessionIdLengthMax, sessionIdLengthMax + 1]) {
      await socket.ask('ref', { object: manager, sessionId: 'x'.repeat(length) });
    }
    expect(socket.told.map(({ error }) => error?.code)).toEqual([undefined, -32600, undefined, 40007]);
  });
});

describe('remembered answers', () => {
  const settle = (answers: AnswerCache, id: string, answer: string): void =>
    answers.take(id, id, () => {})?.(answer, now);
  const isKept = (answers: AnswerCache, id: string): boolean => answers.take(id, id, () => {}) === undefined;

  it(`are the last ${answersMax}`, () => {
    const answers = new AnswerCache();
    for (let id = 0; id <= answersMax; id++) settle(answers, String(id), 'x');
    expect(answers.size).toBe(answersMax);
    expect(isKept(answers, '0')).toBe(false);
    expect(isKept(answers, '1')).toBe(true);
  });

  it(`are the last ${answerBytesMax} characters, and none that is longer`, () => {
    const answers = new AnswerCache();
    settle(answers, 'a', 'x'.repeat(answerBytesMax / 2));
    settle(answers, 'b', 'x'.repeat(answerBytesMax / 2));
    settle(answers, 'c', 'x'.repeat(answerBytesMax + 1));
    expect(answers.size).toBe(2);
    settle(answers, 'd', 'x');
    expect([isKept(answers, 'b'), isKept(answers, 'd'), isKept(answers, 'a')]).toEqual([true, true, false]);
  });

  it('go at their time, and leave their room', () => {
    const answers = new AnswerCache();
    settle(answers, 'a', 'x'.repeat(answerBytesMax));
    answers.expire(after(now, milliseconds(answerLifetime - 1)));
    expect(answers.size).toBe(1);
    answers.expire(after(now, answerLifetime));
    expect(answers.size).toBe(0);
    settle(answers, 'b', 'x'.repeat(answerBytesMax));
    expect(answers.size).toBe(1);
  });

  it('are of the newest request, when two had one id', () => {
    const answers = new AnswerCache();
    const told: string[] = [];
    const [first, second] = ['one', 'two'].map((text) => answers.take('1', text, () => {}));
    answers.take('1', 'two', (answer) => told.push(answer));
    second?.('2nd', now);
    first?.('1st', now);
    answers.take('1', 'two', (answer) => told.push(answer));
    expect(told).toEqual(['2nd', '2nd']);
    expect(answers.size).toBe(1);
  });
});

describe('whatever is sent', () => {
  const anyParams = fc.record(
    {
      sessionId: fc.oneof(fc.string(), fc.jsonValue()),
      object: fc.oneof(fc.constantFrom(manager, '1_kurento.MediaPipeline', 'newref:0'), fc.jsonValue()),
      type: fc.oneof(fc.constant('MediaPipeline'), fc.jsonValue()),
      operation: fc.oneof(fc.constantFrom('echo', 'fail', 'toString'), fc.jsonValue()),
      operationParams: fc.jsonValue(),
      constructorParams: fc.jsonValue(),
      operations: fc.jsonValue(),
      subscription: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const methods = 'connect ping create describe invoke subscribe unsubscribe release ref unref keepAlive closeSession';
  const anyRequest = fc.record(
    {
      jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, fc.jsonValue()),
      id: fc.oneof(fc.nat(), fc.string(), fc.jsonValue()),
      method: fc.oneof(fc.constantFrom(...methods.split(' '), 'transaction', '__proto__'), fc.jsonValue()),
      params: fc.oneof({ weight: 5, arbitrary: anyParams }, fc.jsonValue()),
    },
    { requiredKeys: ['jsonrpc'] },
  );

  it('is answered once, or ends the socket, and throws nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, fc.nat({ max: 200 }), fc.string(), async (request, cut, mark) => {
        const whole = openSocket();
        whole.hand(JSON.stringify(request));
        const mutated = openSocket();
        const text = JSON.stringify(request);
        mutated.hand(text.slice(0, cut) + mark + text.slice(cut + 1));
        await settled();
        for (const each of [whole, mutated]) {
          expect(each.texts.length + (each.closed === undefined ? 0 : 1)).toBe(1);
          each.breakOff();
        }
      }),
      { numRuns: 500 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
