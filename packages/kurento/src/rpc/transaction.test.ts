import { after, type MonotonicMs, monotonicMs } from '@rivero/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeModel } from '../../test/fake-model.ts';
import { FakeSocket, requestText, settled } from './fake-socket.ts';
import { transactionAnswerMax, transactionTimeMax } from './rpc-limits.ts';
import { RpcServer } from './rpc-server.ts';

const pipeline = '1_kurento.MediaPipeline';
const manager = 'manager_ServerManager';
const tooMuch = { code: 40009, data: { type: 'NOT_ENOUGH_RESOURCES' } };

let now: MonotonicMs;
let model: FakeModel;
let socket: FakeSocket;

beforeEach(() => {
  now = monotonicMs(1_000);
  model = new FakeModel();
  let ids = 0;
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const rpc = new RpcServer({ model, log, newId: () => `uuid-${ids++}` }, now);
  socket = new FakeSocket(rpc, () => now);
});

describe('a transaction', () => {
  const step = (id: unknown, method: string, params?: unknown): object => ({ id, jsonrpc: '2.0', method, params });

  it('does its operations in order, with newref:N anywhere in the parameters', async () => {
    const told = await socket.ask('transaction', {
      operations: [
        step(0, 'create', { type: 'MediaPipeline' }),
        step(1, 'create', { type: 'PassThrough', constructorParams: { mediaPipeline: 'newref:0' } }),
        step(2, 'invoke', {
          object: 'newref:1',
          operation: 'echo',
          operationParams: { list: [{ deep: 'newref:0' }], text: 'newref:0 not', later: 'newref:7' },
        }),
      ],
    });
    const sessionId = 'uuid-1';
    const child = `${pipeline}/2_kurento.PassThrough`;
    const echoed = { list: [{ deep: pipeline }], text: 'newref:0 not', later: 'newref:7' };
    expect(told?.result).toEqual({
      sessionId,
      value: [
        { id: 0, jsonrpc: '2.0', result: { sessionId, value: pipeline } },
        { id: 1, jsonrpc: '2.0', result: { sessionId, value: child } },
        { id: 2, jsonrpc: '2.0', result: { sessionId, value: echoed } },
      ],
    });
  });

  it('ends at the first refusal, which is its last answer', async () => {
    const told = await socket.ask('transaction', {
      operations: [step(0, 'create', { type: 'Nope' }), step(1, 'create', { type: 'MediaPipeline' })],
    });
    const error = { code: 40108, data: { type: 'MEDIA_OBJECT_NOT_AVAILABLE' }, message: "Factory 'Nope' not found" };
    expect(told?.result?.value).toEqual([{ error, id: 0, jsonrpc: '2.0' }]);
    expect(model.calls).toHaveLength(1);
  });

  it.each([
    [[step(5, 'create', {})], { code: 40008, message: "Id of request '0' should be '0'" }],
    [[step(0, 'create', {}), step(0, 'create', {})], { code: 40008, message: "Id of request '1' should be '1'" }],
    [[step('0', 'create', {})], { code: 40008, message: "Id of request '0' should be '0'" }],
    [[7], { code: -32600, message: 'Invalid JSON-RPC request.' }],
    [[{ id: 0, method: 'ping' }], { code: -32600, message: 'Invalid JSON-RPC request.' }],
    [[step(0, 'create', [])], { code: -32602, message: 'Invalid params.' }],
  ])('is refused as a whole when it is %j', async (operations, error) => {
    expect((await socket.ask('transaction', { operations }))?.error).toMatchObject(error);
    expect(model.calls).toEqual([]);
  });

  it.each(['connect', 'closeSession', 'transaction', 'toString'])('has no %s inside', async (method) => {
    const told = await socket.ask('transaction', { operations: [step(0, method, { operations: [] })] });
    expect(told?.result?.value).toMatchObject([{ error: { code: -32601 } }]);
  });

  it('may be empty', async () => {
    expect((await socket.ask('transaction', { operations: [] }))?.result).toEqual({ sessionId: 'uuid-1', value: [] });
  });

  it('waits for what was asked of its pipelines, and what is asked then waits for it', async () => {
    await socket.ask('create', { type: 'MediaPipeline' });
    await socket.ask('create', { type: 'MediaPipeline' });
    model.calls.length = 0;
    const [releaseFirst, releaseStep] = [model.hold('first'), model.hold('step')];
    const second = '2_kurento.MediaPipeline';
    socket.hand(requestText('invoke', { object: pipeline, operation: 'first' }, 'a'));
    const operations = [
      step(0, 'invoke', { object: second, operation: 'step' }),
      step(1, 'invoke', { object: pipeline, operation: 'step2' }),
    ];
    socket.hand(requestText('transaction', { operations }, 'b'));
    socket.hand(requestText('invoke', { object: second, operation: 'last' }, 'c'));
    await settled();
    expect(model.calls).toEqual(['first begins']);
    releaseFirst();
    await settled();
    expect(model.calls.slice(1)).toEqual(['first ends', 'step begins']);
    releaseStep();
    await expect
      .poll(() => model.calls.slice(3))
      .toEqual(['step ends', 'step2 begins', 'step2 ends', 'last begins', 'last ends']);
  });

  it('lets others have their turn after each of its operations', async () => {
    const operations = Array.from({ length: 100 }, (_, id) =>
      step(id, 'invoke', { object: manager, operation: 'step' }),
    );
    socket.hand(requestText('transaction', { operations }, 'a'));
    await settled();
    expect(model.calls.length).toBeLessThan(10);
  });

  it(`does no more when its answers have ${transactionAnswerMax} characters`, async () => {
    const big = { object: manager, operation: 'big', operationParams: { length: transactionAnswerMax / 2 } };
    const operations = Array.from({ length: 4 }, (_, id) => step(id, 'invoke', big));
    const told = await socket.ask('transaction', { operations });
    expect(told?.result?.value).toMatchObject([
      { id: 0, result: {} },
      { id: 1, result: {} },
      { id: 2, error: tooMuch },
    ]);
    expect(model.calls.filter((call) => call === 'big begins')).toHaveLength(2);
  });

  it(`begins no operation ${transactionTimeMax} ms after its first, as others wait for it`, async () => {
    const release = model.hold('slow');
    const operations = ['slow', 'quick'].map((operation, id) => step(id, 'invoke', { object: manager, operation }));
    const answered = socket.ask('transaction', { operations });
    await settled();
    now = after(now, transactionTimeMax);
    socket.hand(requestText('ping', {}, 'p'));
    release();
    expect((await answered)?.result?.value).toMatchObject([
      { id: 0, result: {} },
      { id: 1, error: tooMuch },
    ]);
    expect(model.calls).not.toContain('quick begins');
  });
});
