import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type KurentoClient, type KurentoEvent, loadKurentoClient } from './harness/kurento-client.ts';
import { KurentoSocket } from './harness/kurento-socket.ts';
import { Program } from './harness/program.ts';

let program: Program;
let client: KurentoClient;

/** What a call was refused with: the client prints refusals and goes on, but for those who give it a callback. */
function refusalOf(call: (done: (error: unknown) => void) => unknown): Promise<unknown> {
  return new Promise((resolve) => void call(resolve));
}

beforeAll(async () => {
  program = await Program.start();
});

beforeEach(async () => {
  client = await loadKurentoClient(7)(program.kurentoUrl);
});

afterEach(() => client.close());
afterAll(() => program.stop());

describe('the official client', () => {
  it('makes and connects several objects in one transaction, and hears which part was refused', async () => {
    const first = client.beginTransaction();
    const created = client.create(first, 'MediaPipeline');
    const elements = ['WebRtcEndpoint', 'WebRtcEndpoint', 'PassThrough'].map((type) => created.create(first, type));
    void elements[1].setName(first, 'the viewer', () => {});
    await first.commit();
    const [pipeline, presenter, viewer, through] = await Promise.all([created, ...elements]);
    expect(await pipeline.getChildren()).toHaveLength(3);
    expect(await viewer.getName()).toBe('the viewer');

    await client.transaction(() => {
      void presenter.connect(through);
      void through.connect(viewer);
    });
    expect(new Set((await through.getSinkConnections()).map(({ sink }) => sink))).toEqual(new Set([viewer.id]));
    const types = (await presenter.getSinkConnections()).map(({ type }) => type);
    expect(types.toSorted()).toEqual(['AUDIO', 'DATA', 'VIDEO']);

    const refused: unknown[] = [];
    const second = client.beginTransaction();
    void viewer.setName(second, 'another name', (error) => refused.push(error ?? 'done'));
    void viewer.processOffer(second, '', (error) => refused.push(error));
    void viewer.setName(second, 'never', (error) => refused.push(error));
    await second.commit();
    await program.until('all are answered', () => refused.length === 3);
    expect(refused).toMatchObject(['done', { code: 40201 }, { message: 'Command not executed in the server' }]);
    expect(await viewer.getName()).toBe('another name');
  });

  it('finds objects by id, in another session too, and learns which are gone', async () => {
    const pipeline = await client.create('MediaPipeline');
    const endpoint = await pipeline.create('WebRtcEndpoint');
    await endpoint.setName('known');
    const other = await loadKurentoClient(7)(program.kurentoUrl);
    try {
      const found = await other.getMediaobjectById(endpoint.id);
      expect(found.constructor.name).toBe('WebRtcEndpoint');
      expect(await found.getName()).toBe('known');
      expect((await found.getMediaPipeline()).id).toBe(pipeline.id);
      expect((await found.getParent()).id).toBe(pipeline.id);
      const events: KurentoEvent[] = [];
      found.on('ElementConnected', (event) => events.push(event));
      // Told when the subscription is there: operations of one object run in order.
      await found.getName();
      await endpoint.connect(endpoint, 'AUDIO');
      await program.until('the other is told', () => events.length === 1);
      await endpoint.release();
      expect(await refusalOf((done) => found.getName(done))).toMatchObject({
        code: 40101,
        message: `Object '${endpoint.id}' not found`,
      });
      await expect(client.getMediaobjectById(endpoint.id)).rejects.toMatchObject({ code: 40101 });
    } finally {
      other.close();
    }
  });

  it('names, tags, and hears no more of what it listens to no longer', async () => {
    const pipeline = await client.create('MediaPipeline');
    const [source, sink] = [await pipeline.create('PassThrough'), await pipeline.create('PassThrough')];
    await source.addTag('room', 'tea');
    await source.addTag('colour', 'red');
    await source.removeTag('colour');
    expect(await source.getTag('room')).toBe('tea');
    expect((await source.getTags()).map(({ key, value }) => [key, value])).toEqual([['room', 'tea']]);
    expect(await refusalOf((done) => source.getTag('colour', done))).toMatchObject({ code: 40110 });
    await source.setSendTagsInEvents(true);

    const [first, second]: [KurentoEvent[], KurentoEvent[]] = [[], []];
    const listener = (event: KurentoEvent): unknown => first.push(event);
    source.on('ElementConnected', listener);
    source.on('ElementConnected', (event) => second.push(event));
    await source.connect(sink, 'AUDIO');
    await program.until('both are told', () => first.length === 1 && second.length === 1);
    expect(first[0]?.['tags']).toMatchObject([{ key: 'room', value: 'tea' }]);
    source.removeListener('ElementConnected', listener);
    await source.connect(sink, 'VIDEO');
    await program.until('one is told', () => second.length === 2);
    expect(first).toHaveLength(1);
    source.removeAllListeners('ElementConnected');
    await source.disconnect(sink, 'VIDEO');
    await source.connect(sink, 'VIDEO');
    await source.getName();
    expect(second).toHaveLength(2);
    source.on('ElementConnected', listener);
    await source.connect(sink, 'AUDIO');
    await program.until('it is told again', () => first.length === 2);
    const now = Date.now() / 1000;
    expect(Math.abs((await source.getCreationTime()) - now)).toBeLessThan(60);
  });
});

describe('applications without the official client', () => {
  it('written in Java: the session in each request, empty records, names before the rest', async () => {
    const socket = new WebSocket(program.kurentoUrl);
    const answers = new Map<unknown, { result: { sessionId: string; value: string } }>();
    const events: unknown[] = [];
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString());
      if (message.method === 'onEvent') events.push(message.params.value);
      else answers.set(message.id, message);
    });
    await once(socket, 'open');
    const ask = async (id: number | string, method: string, params: object): Promise<string> => {
      socket.send(JSON.stringify({ id, method, params, jsonrpc: '2.0' }));
      await program.until(method, () => answers.has(id));
      const { result } = answers.get(id) ?? {};
      if (result === undefined) throw new Error(JSON.stringify(answers.get(id)));
      return method === 'connect' ? result.sessionId : result.value;
    };
    try {
      expect(await ask(0, 'ping', { interval: 240_000 })).toBe('pong');
      const sessionId = await ask(1, 'connect', {});
      const mediaPipeline = await ask(2, 'create', {
        constructorParams: {},
        type: 'MediaPipeline',
        properties: {},
        sessionId,
      });
      const endpoint = await ask('3', 'create', {
        type: 'kurento.WebRtcEndpoint',
        constructorParams: { mediaPipeline, useDataChannels: false, certificateKeyType: 'ECDSA' },
        properties: { name: 'by Java', maxVideoRecvBandwidth: 700 },
        sessionId,
      });
      expect(await ask(4, 'subscribe', { type: 'ElementConnected', object: endpoint, sessionId })).toMatch(/.+/);
      const operationParams = { sink: endpoint };
      expect(await ask(5, 'invoke', { sessionId, operationParams, object: endpoint, operation: 'connect' })).toBeNull();
      await program.until('it is told', () => events.length === 3);
      expect(events).toMatchObject([
        { type: 'ElementConnected', object: endpoint, data: { source: endpoint, sink: endpoint } },
        {},
        {},
      ]);
      const invoke = { object: endpoint, operationParams: {}, sessionId };
      expect(await ask(6, 'invoke', { ...invoke, operation: 'getName' })).toBe('by Java');
      expect(await ask(7, 'invoke', { ...invoke, operation: 'getMaxVideoRecvBandwidth' })).toBe(700);
      expect(await ask(8, 'release', { object: endpoint, sessionId })).toBeUndefined();
    } finally {
      socket.terminate();
    }
  });

  it('written in Python: nothing but create and invoke, without connect, one after the other', async () => {
    const socket = await KurentoSocket.open(program.kurentoUrl);
    try {
      const created = await socket.ask('create', { type: 'MediaPipeline' });
      const sessionId = created.result?.sessionId;
      const mediaPipeline = created.result?.value;
      expect(sessionId).toMatch(/^[0-9a-f-]{36}$/);
      const type = 'WebRtcEndpoint';
      const endpoint = await socket.value('create', { type, constructorParams: { mediaPipeline }, sessionId });
      const invoke = { object: endpoint, sessionId };
      const offer = String(await socket.value('invoke', { ...invoke, operation: 'generateOffer' }));
      expect(offer).toMatch(/^v=0\r\n/);
      await socket.value('invoke', { ...invoke, operation: 'gatherCandidates' });
      const local = await socket.value('invoke', { ...invoke, operation: 'getLocalSessionDescriptor' });
      expect(local).toMatch(/a=candidate:.* typ host/);
      expect(await socket.ask('invoke', { ...invoke, operation: 'processAnswer' })).toMatchObject({
        error: { code: 40001, message: "'answer' parameter should be a string", data: { type: 'MARSHALL_ERROR' } },
      });
      await socket.value('release', { object: mediaPipeline, sessionId });
    } finally {
      socket.cut();
    }
  });
});
