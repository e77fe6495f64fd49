import type { EngineEvent } from '@rivero/engine';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../model.ts';
import { TestElements } from '../test/test-elements.ts';

let server: TestElements;
let mediaPipeline: string;

beforeEach(async () => {
  server = new TestElements();
  mediaPipeline = await server.pipeline();
});

function expectNothingLeft({ engine, elements, model, bugs }: TestElements): void {
  expect(engine.endpoints.size).toBe(0);
  expect(engine.rooms.size).toBe(0);
  expect(elements.sizes).toEqual({ pipelines: 0, hubs: 0 });
  // The server itself.
  expect(model.sizes.objects).toBe(1);
  expect(bugs).toEqual([]);
}

describe('release', () => {
  it('of an endpoint ends what it gives to others, and tells them', async () => {
    const a = await server.create('a', 'WebRtcEndpoint', { mediaPipeline });
    const b = await server.create('b', 'WebRtcEndpoint', { mediaPipeline });
    await server.connect(a, b);
    await server.connect(b, a);
    server.engine.flow(a, 'video', true);
    server.takeEvents();
    await server.model.release(a);
    expect(server.takeEvents()).toEqual([
      'b ElementDisconnected a AUDIO default default',
      'b ElementDisconnected a VIDEO default default',
      'b ElementDisconnected a DATA default default',
      'b MediaFlowInStateChanged NOT_FLOWING default VIDEO',
    ]);
    expect(server.engine.get(b).sources.size).toBe(0);
    expect([...server.engine.endpoints.keys()]).toEqual([b]);
  });

  it('of a pipeline closes all that is in it, and asks the engine for no more than that', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 10; index += 1) {
      ids.push(await server.create(`w${index}`, 'WebRtcEndpoint', { mediaPipeline }));
    }
    const hub = await server.create('hub', 'DispatcherOneToMany', { mediaPipeline });
    const port = await server.create('port', 'HubPort', { hub });
    for (const id of ids) await server.connect(ids[0] ?? '', id);
    await server.connect(ids[0] ?? '', port);
    server.engine.calls.length = 0;
    await server.model.release(mediaPipeline);
    expectNothingLeft(server);
    expect(new Set(server.engine.calls)).toEqual(new Set(['closeEndpoint']));
    expect(server.engine.calls).toHaveLength(10);
  });

  it('while an operation is under way ends that with an error of Kurento', async () => {
    const id = await server.create('w', 'WebRtcEndpoint', { mediaPipeline });
    const operations: readonly (readonly [string, Json])[] = [
      ['processOffer', { offer: 'v=0\r\n' }],
      ['gatherCandidates', {}],
      ['getStats', {}],
      ['setMtu', { mtu: 1000 }],
    ];
    const gate = Promise.withResolvers<void>();
    server.engine.gate = gate.promise;
    const outcomes = operations.map(async ([operation, params]) => server.invoke(id, operation, params));
    const released = server.model.release(id);
    gate.resolve();
    const results = await Promise.allSettled(outcomes);
    await released;
    for (const result of results.slice(1)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { type: 'MEDIA_OBJECT_NOT_FOUND' } });
    }
    await server.model.release(mediaPipeline);
    expectNothingLeft(server);
  });

  it('of a pipeline in which an endpoint is being opened closes that one too', async () => {
    const gate = Promise.withResolvers<void>();
    server.engine.gate = gate.promise;
    const created = server.create('w', 'WebRtcEndpoint', { mediaPipeline });
    const released = server.model.release(mediaPipeline);
    gate.resolve();
    await expect(created).rejects.toMatchObject({ type: 'MEDIA_OBJECT_NOT_FOUND' });
    await released;
    expectNothingLeft(server);
  });

  it('leaves no listener behind when the server closes', async () => {
    await server.create('w', 'WebRtcEndpoint', { mediaPipeline });
    await server.model.close();
    server.elements.close();
    expect(server.engine.listenerCount).toBe(0);
    expectNothingLeft(server);
  });
});

describe('an endpoint that the engine refuses', () => {
  it.each([
    ['WebRtcEndpoint', 'openEndpoint', 'room-full'],
    ['RtpEndpoint', 'openEndpoint', 'rtp-ports-used-up'],
    ['WebRtcEndpoint', 'configureEndpoint', 'worker-full'],
  ])('%s at %s with %s is no object, and nothing is left of it', async (type, method, code) => {
    server.engine.refusals.set(method, code);
    await expect(server.create('w', type, { mediaPipeline })).rejects.toMatchObject({
      type: 'NOT_ENOUGH_RESOURCES',
      message: `Refused: ${code}.`,
    });
    await server.model.release(mediaPipeline);
    expectNothingLeft(server);
  });
});

describe('a connection to what went while it was waited for', () => {
  it('is refused, and hurts nothing', async () => {
    const a = await server.create('a', 'WebRtcEndpoint', { mediaPipeline });
    const b = await server.create('b', 'WebRtcEndpoint', { mediaPipeline });
    const gate = Promise.withResolvers<void>();
    server.engine.gate = gate.promise;
    const before = server.invoke(a, 'setMaxVideoRecvBandwidth', { maxVideoRecvBandwidth: 1 });
    const connected = server.connect(a, b);
    const disconnected = server.invoke(a, 'disconnect', { sink: b });
    const released = server.model.release(b);
    // Its body closes by itself, while the operations of `a` wait.
    server.engine.gate = undefined;
    await released;
    gate.resolve();
    await before;
    await expect(connected).rejects.toMatchObject({ type: 'MEDIA_OBJECT_NOT_FOUND' });
    expect(await disconnected).toBeNull();
  });
});

describe('a lost room', () => {
  it('is told as errors of its elements and of the pipeline, and releases them', async () => {
    const other = await server.pipeline();
    await server.create('a', 'WebRtcEndpoint', { mediaPipeline });
    await server.create('p', 'PassThrough', { mediaPipeline });
    await server.create('o', 'WebRtcEndpoint', { mediaPipeline: other });
    server.engine.rooms.delete(mediaPipeline);
    server.engine.raise({ type: 'rooms-lost', roomIds: [mediaPipeline, 'a meeting'] });
    const told = server.takeEvents().map((event) => event.split(' ').slice(0, 2).join(' '));
    expect(told).toEqual(['a Error', 'p Error', 'pipeline Error']);
    await expect.poll(() => server.elements.sizes.pipelines).toBe(1);
    expect(server.model.sizes.objects).toBe(3);
    expect(server.bugs).toEqual([]);
  });
});

describe('any requests at once', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('create' as const), what: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ type: fc.constant('release' as const), which: fc.nat(20) }),
    fc.record({
      type: fc.constant('invoke' as const),
      which: fc.nat(20),
      other: fc.nat(20),
      operation: fc.constantFrom(
        'connect',
        'disconnect',
        'generateOffer',
        'processOffer',
        'processAnswer',
        'gatherCandidates',
        'setSource',
        'removeSource',
        'getStats',
        'getGstreamerDot',
        'setIceTcp',
      ),
    }),
    fc.record({ type: fc.constant('flow' as const), which: fc.nat(20), isFlowing: fc.boolean() }),
    fc.constant({ type: 'settle' as const }),
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
  const classes = ['WebRtcEndpoint', 'RtpEndpoint', 'PassThrough', 'Dispatcher', 'DispatcherOneToMany', 'HubPort'];

  async function run(steps: readonly Step[]): Promise<TestElements> {
    const tested = new TestElements();
    const pipeline = await tested.pipeline();
    const ids: string[] = [pipeline];
    const outcomes: Promise<unknown>[] = [];
    const pick = (which: number): string => ids[which % ids.length] ?? pipeline;
    for (const each of steps) {
      if (each.type === 'settle') await Promise.allSettled(outcomes);
      else if (each.type === 'create') {
        const type = classes[each.what] ?? 'PassThrough';
        const hub = ids.findLast((id) => /Dispatcher(?:OneToMany)?$/.test(id)) ?? pipeline;
        const parameters = type === 'HubPort' ? { hub } : { mediaPipeline: pipeline };
        outcomes.push(tested.create('x', type, parameters).then((id) => ids.push(id)));
      } else if (each.type === 'release') outcomes.push(tested.model.release(pick(each.which)));
      else if (each.type === 'flow') {
        const trackId = `${pick(each.which)}/video`;
        tested.engine.raise({ type: 'track-flow', roomId: pipeline, trackId, isFlowing: each.isFlowing });
      } else {
        const other = pick(each.other);
        const params = { sink: other, source: other, offer: 'v=0\r\n', answer: 'v=0\r\n', iceTcp: false };
        const outcome = tested.invoke(pick(each.which), each.operation, params).catch((error: unknown) => {
          // Refused, and no bug.
          expect(error).toHaveProperty('type');
        });
        outcomes.push(outcome);
      }
    }
    const results = await Promise.allSettled(outcomes);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toHaveProperty('type');
    }
    return tested;
  }

  it('are answered or refused, and leave nothing when the session ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const tested = await run(steps);
        await tested.model.closeSession('s');
        expectNothingLeft(tested);
      }),
      { numRuns: 200 },
    );
  });
});

it('passes a bug at an event of the engine on to the log, and the engine goes on', async () => {
  const id = await server.create('w', 'WebRtcEndpoint', { mediaPipeline });
  const { roomId } = server.engine.get(id);
  // As no compiler lets pass.
  const unheardOf: EngineEvent = JSON.parse(
    JSON.stringify({ type: 'endpoint', roomId, endpointId: id, change: { type: 'unheard-of' } }),
  );
  server.engine.raise(unheardOf);
  expect(server.bugs).toHaveLength(1);
});
