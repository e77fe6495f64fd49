import { describe, expect, it, vi } from 'vitest';
import { serverManagerId } from './server-manager.ts';
import { TestObjects } from './test/test-objects.ts';

/** A pipeline of session `s` with a hub with two ports, and a PassThrough. */
async function pipelineWithHub(objects: TestObjects): Promise<Readonly<Record<string, string>>> {
  const pipeline = await objects.pipeline();
  const hub = await objects.create('Dispatcher', { mediaPipeline: pipeline });
  const port1 = await objects.create('HubPort', { hub });
  const pass = await objects.create('PassThrough', { mediaPipeline: pipeline });
  const port2 = await objects.create('HubPort', { hub });
  return { pipeline, hub, port1, port2, pass };
}

const empty = { objects: 1, subscriptions: 0, sessions: 1 };

describe('release', () => {
  it('tells of every object, children before their parents, and closes them in that order', async () => {
    const objects = new TestObjects();
    const { pipeline = '', hub = '', port1 = '', port2 = '', pass = '' } = await pipelineWithHub(objects);
    objects.model.subscribe('s', serverManagerId, 'ObjectDestroyed');
    await objects.model.release(pipeline);
    const order = [port1, port2, hub, pass, pipeline];
    expect(objects.takeEvents()).toEqual(order.map((id) => `s ObjectDestroyed ${id}`));
    expect(new Set(objects.elements.closed)).toEqual(new Set(order.slice(0, -1)));
    expect(objects.elements.closed.indexOf(hub)).toBeGreaterThan(objects.elements.closed.indexOf(port2));
    expect(objects.rooms.open.size).toBe(0);
    expect(objects.model.sizes).toEqual({ ...empty, subscriptions: 1 });
  });

  it('takes an object away at once from all who ask for it, and from its parent', async () => {
    const objects = new TestObjects();
    const { pipeline = '', hub = '', port1 = '', port2 = '' } = await pipelineWithHub(objects);
    const released = objects.model.release(port1);
    await expect(objects.invoke(port1, 'getName')).rejects.toMatchObject({ type: 'MEDIA_OBJECT_NOT_FOUND' });
    expect(() => objects.model.subscribe('s', port1, 'Error')).toThrow('not found');
    expect(await objects.invoke(hub, 'getChildren')).toEqual([port2]);
    await released;
    expect(await objects.invoke(pipeline, 'getName')).toBe(pipeline);
  });

  it('passes over what there is not, and leaves the server', async () => {
    const objects = new TestObjects();
    await objects.model.release('zz');
    await objects.model.release(serverManagerId);
    expect(await objects.invoke(serverManagerId, 'getName')).toBe(serverManagerId);
  });

  it('waits for the operation that runs; those that wait for it are refused', async () => {
    const objects = new TestObjects();
    const answer = Promise.withResolvers<string>();
    objects.elements.operations['generateOffer'] = async () => answer.promise;
    const endpoint = await objects.create('WebRtcEndpoint', { mediaPipeline: await objects.pipeline() });
    const running = objects.invoke(endpoint, 'generateOffer');
    const waiting = objects.invoke(endpoint, 'getName');
    const released = objects.model.release(endpoint);
    expect(objects.elements.closed).toEqual([]);
    answer.resolve('sdp');
    expect(await running).toBe('sdp');
    await expect(waiting).rejects.toMatchObject({ type: 'MEDIA_OBJECT_NOT_FOUND' });
    await released;
    expect(objects.elements.closed).toEqual([endpoint]);
  });

  it('silences an object', async () => {
    const objects = new TestObjects();
    const endpoint = await objects.create('WebRtcEndpoint', { mediaPipeline: await objects.pipeline() });
    objects.model.subscribe('s', endpoint, 'IceGatheringDone');
    const { last } = objects.elements;
    last?.raise('IceGatheringDone', {});
    await objects.model.release(endpoint);
    last?.raise('IceGatheringDone', {});
    expect(objects.takeEvents()).toEqual([`s IceGatheringDone ${endpoint}`]);
  });

  it('of a thousand objects and their subscriptions leaves nothing', async () => {
    const objects = new TestObjects();
    const mediaPipeline = await objects.pipeline();
    for (let count = 0; count < 1000; count += 1) {
      const id = await objects.create('WebRtcEndpoint', { mediaPipeline });
      objects.model.subscribe('s', id, 'Error');
    }
    expect(objects.model.sizes).toEqual({ objects: 1002, subscriptions: 1000, sessions: 1 });
    await objects.model.release(mediaPipeline);
    expect(objects.model.sizes).toEqual(empty);
    expect(objects.elements.closed).toHaveLength(1000);
  });
});

describe('sessions', () => {
  it('take what only they refer to with them', async () => {
    const objects = new TestObjects();
    objects.model.openSession('other');
    const mine = await objects.pipeline();
    const shared = await objects.pipeline();
    const pass = await objects.create('PassThrough', { mediaPipeline: shared });
    const alone = await objects.create('PassThrough', { mediaPipeline: shared });
    // To refer to an object is to refer to all above it.
    objects.model.describe('other', pass);
    await objects.model.closeSession('s');
    expect(objects.rooms.open).toEqual(new Set([shared]));
    expect(objects.elements.closed).toEqual([alone]);
    expect(() => objects.model.describe('other', mine)).toThrow('not found');
    expect(objects.model.describe('other', pass).type).toBe('PassThrough');
    await objects.model.closeSession('other');
    expect(objects.model.sizes).toEqual({ objects: 1, subscriptions: 0, sessions: 0 });
  });

  it.each([
    ['describe', async (objects: TestObjects, id: string) => objects.model.describe('other', id)],
    ['invoke', async (objects: TestObjects, id: string) => objects.model.invoke('other', id, 'getName', undefined)],
    ['subscribe', async (objects: TestObjects, id: string) => objects.model.subscribe('other', id, 'Error')],
    [
      'ref',
      async (objects: TestObjects, id: string) => {
        objects.model.ref('other', id);
      },
    ],
  ] as const)('keep alive what they %s', async (_name, use) => {
    const objects = new TestObjects();
    objects.model.openSession('other');
    const pipeline = await objects.pipeline();
    await use(objects, pipeline);
    await objects.model.closeSession('s');
    expect(objects.rooms.open).toEqual(new Set([pipeline]));
  });

  it('let go of an object and all below it with unref', async () => {
    const objects = new TestObjects();
    objects.model.openSession('other');
    const { pipeline = '', hub = '', port1 = '' } = await pipelineWithHub(objects);
    objects.model.ref('other', port1);
    objects.model.unref('s', hub);
    objects.model.unref('s', 'zz');
    objects.model.unref('s', serverManagerId);
    expect(await objects.invoke(hub, 'getChildren')).toEqual([port1]);
    expect(() => {
      objects.model.ref('s', 'zz');
    }).toThrow("Object 'zz' not found");
    await objects.model.closeSession('other');
    // "invoke" referred to the hub, not to its port.
    expect(await objects.invoke(pipeline, 'getChildren')).toHaveLength(2);
    expect(await objects.invoke(hub, 'getChildren')).toEqual([]);
    expect(objects.bugs).toEqual([]);
  });

  it('that do not exist are refused', async () => {
    const objects = new TestObjects();
    const pipeline = await objects.pipeline();
    await expect(objects.pipeline('nobody')).rejects.toMatchObject({ type: 'INVALID_SESSION' });
    expect(() => objects.model.describe('nobody', pipeline)).toThrow('Invalid session');
    expect(() => objects.model.subscribe('nobody', pipeline, 'Error')).toThrow('Invalid session');
    await objects.model.closeSession('nobody');
  });

  it('lose their subscriptions when they close', async () => {
    const objects = new TestObjects();
    objects.model.openSession('other');
    const pipeline = await objects.pipeline();
    objects.model.subscribe('other', pipeline, 'Error');
    objects.model.subscribe('s', pipeline, 'Error');
    await objects.model.closeSession('other');
    expect(objects.model.sizes.subscriptions).toBe(1);
  });
});

describe('when a media worker dies', () => {
  it('its pipelines say so and are released', async () => {
    const objects = new TestObjects();
    const { pipeline = '', pass = '' } = await pipelineWithHub(objects);
    const other = await objects.pipeline();
    objects.model.subscribe('s', pipeline, 'Error');
    objects.rooms.open.delete(pipeline);
    objects.rooms.raise({ type: 'rooms-lost', roomIds: ['elsewhere', pipeline] });
    expect(objects.events).toMatchObject([
      { type: 'Error', objectId: pipeline, data: { type: 'UNEXPECTED_ERROR', errorCode: 40003, source: pipeline } },
    ]);
    expect(() => objects.model.describe('s', pass)).toThrow('not found');
    expect(await objects.invoke(other, 'getName')).toBe(other);
    expect(objects.bugs).toEqual([]);
  });
});

describe('close', () => {
  it('releases all there is, and what opens after it', async () => {
    const objects = new TestObjects();
    await pipelineWithHub(objects);
    await objects.pipeline();
    const opened = Promise.withResolvers<void>();
    objects.rooms.opening = opened.promise;
    const late = objects.pipeline();
    await objects.model.close();
    opened.resolve();
    await expect(late).rejects.toMatchObject({ type: 'INVALID_SESSION' });
    expect(objects.rooms.open.size).toBe(0);
    expect(objects.model.sizes).toEqual({ ...empty, sessions: 0 });
  });
});

describe('a bug while an object closes', () => {
  async function faultyPipeline(objects: TestObjects): Promise<{ readonly pipeline: string; readonly faulty: string }> {
    const pipeline = await objects.pipeline();
    objects.elements.failure = new TypeError('a bug');
    const faulty = await objects.create('PassThrough', { mediaPipeline: pipeline });
    objects.elements.failure = undefined;
    await objects.create('PassThrough', { mediaPipeline: pipeline });
    return { pipeline, faulty };
  }

  it('keeps nothing else open, and is thrown', async () => {
    const objects = new TestObjects();
    const { pipeline } = await faultyPipeline(objects);
    await expect(objects.model.release(pipeline)).rejects.toThrow('a bug');
    expect(objects.elements.closed).toHaveLength(1);
    expect(objects.rooms.open.size).toBe(0);
    expect(objects.model.sizes).toEqual(empty);
  });

  it('is told when nobody waits for it', async () => {
    const objects = new TestObjects();
    const { faulty } = await faultyPipeline(objects);
    objects.model.unref('s', faulty);
    await vi.waitUntil(() => objects.bugs.length > 0);
    expect(objects.bugs).toEqual([new TypeError('a bug')]);
  });
});
