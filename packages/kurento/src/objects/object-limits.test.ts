import { describe, expect, it } from 'vitest';
import { nameLengthMax } from './object-limits.ts';
import { serverManagerId } from './server-manager.ts';
import { TestObjects } from './test/test-objects.ts';

const refused = { type: 'NOT_ENOUGH_RESOURCES' };

describe('limits', () => {
  it('pipelinesMax: pipelines of all sessions, those that open among them', async () => {
    const objects = new TestObjects({ pipelinesMax: 2 });
    objects.model.openSession('other');
    const [first] = await Promise.all([objects.pipeline(), objects.pipeline('other')]);
    await expect(objects.pipeline('other')).rejects.toMatchObject(refused);
    await objects.model.release(first);
    const results = await Promise.allSettled([objects.pipeline(), objects.pipeline()]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('objectsPerSessionMax: objects that a session refers to, those that open among them', async () => {
    const objects = new TestObjects({ objectsPerSessionMax: 3 });
    objects.model.openSession('other');
    const mediaPipeline = await objects.pipeline();
    const create = async (): Promise<string> => objects.create('PassThrough', { mediaPipeline });
    const results = await Promise.allSettled([create(), create(), create()]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(create()).rejects.toMatchObject(refused);
    expect(await objects.create('PassThrough', { mediaPipeline }, 'other')).toContain('PassThrough');
    const [child] = await objects.invoke(mediaPipeline, 'getChildren').then((ids) => (Array.isArray(ids) ? ids : []));
    await objects.model.release(String(child));
    expect(await create()).toContain('PassThrough');
  });

  it('objectsMax and subscriptionsMax: of all sessions together', async () => {
    const objects = new TestObjects({ objectsMax: 2, subscriptionsMax: 2 });
    for (const session of ['a', 'b', 'c']) objects.model.openSession(session);
    const results = await Promise.allSettled(['a', 'b', 'c'].map(async (session) => objects.pipeline(session)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await objects.model.closeSession('a');
    const pipeline = await objects.pipeline('c');
    await expect(objects.pipeline('b')).rejects.toMatchObject(refused);
    objects.model.subscribe('b', pipeline, 'Error');
    objects.model.subscribe('c', serverManagerId, 'ObjectCreated');
    expect(() => objects.model.subscribe('b', serverManagerId, 'ObjectCreated')).toThrow('Too many subscriptions');
    await objects.model.closeSession('c');
    objects.model.subscribe('b', serverManagerId, 'ObjectCreated');
  });

  it('subscriptionsPerSessionMax and subscriptionsPerObjectMax', async () => {
    const objects = new TestObjects({ subscriptionsPerSessionMax: 3, subscriptionsPerObjectMax: 4 });
    objects.model.openSession('other');
    const subscribe = (session: string): string => objects.model.subscribe(session, serverManagerId, 'ObjectCreated');
    const [first = ''] = ['s', 's', 's'].map((session) => subscribe(session));
    expect(() => subscribe('s')).toThrow('Too many subscriptions');
    subscribe('other');
    expect(() => subscribe('other')).toThrow('Too many subscriptions');
    // Another session's is not touched.
    objects.model.unsubscribe('other', first);
    expect(() => subscribe('other')).toThrow('Too many subscriptions');
    objects.model.unsubscribe('s', first);
    subscribe('other');
    await objects.model.closeSession('s');
    expect(objects.model.sizes.subscriptions).toBe(2);
  });

  it('tagsMax: tags of an object; those that are there can be changed', async () => {
    const objects = new TestObjects({ tagsMax: 2 });
    const pipeline = await objects.pipeline();
    await objects.invoke(pipeline, 'addTag', { key: 'a', value: '1' });
    await objects.invoke(pipeline, 'addTag', { key: 'b', value: '2' });
    await expect(objects.invoke(pipeline, 'addTag', { key: 'c', value: '3' })).rejects.toMatchObject(refused);
    await objects.invoke(pipeline, 'addTag', { key: 'b', value: '4' });
    await objects.invoke(pipeline, 'removeTag', { key: 'a' });
    await objects.invoke(pipeline, 'addTag', { key: 'c', value: '3' });
    expect(await objects.invoke(pipeline, 'getTags')).toMatchObject([
      { key: 'b', value: '4' },
      { key: 'c', value: '3' },
    ]);
  });

  it('nameLengthMax: characters of a name, and of the key and value of a tag', async () => {
    const objects = new TestObjects();
    const pipeline = await objects.pipeline();
    const longest = 'x'.repeat(nameLengthMax);
    await objects.invoke(pipeline, 'setName', { name: longest });
    await objects.invoke(pipeline, 'addTag', { key: longest, value: longest });
    for (const [operation, params] of [
      ['setName', { name: `${longest}x` }],
      ['addTag', { key: `${longest}x`, value: '' }],
      ['addTag', { key: '', value: `${longest}x` }],
    ] as const) {
      await expect(objects.invoke(pipeline, operation, params)).rejects.toMatchObject({
        type: 'MEDIA_OBJECT_ILLEGAL_PARAM_ERROR',
      });
    }
    expect(await objects.invoke(pipeline, 'getName')).toBe(longest);
  });

  it('waitingOperationsMax: operations that wait for the one that runs', async () => {
    const objects = new TestObjects({ waitingOperationsMax: 2 });
    const answer = Promise.withResolvers<string>();
    objects.elements.operations['generateOffer'] = async () => answer.promise;
    const endpoint = await objects.create('WebRtcEndpoint', { mediaPipeline: await objects.pipeline() });
    const asked = [1, 2, 3].map(async () => objects.invoke(endpoint, 'generateOffer'));
    await expect(objects.invoke(endpoint, 'getName')).rejects.toMatchObject(refused);
    answer.resolve('sdp');
    expect(await Promise.all(asked)).toEqual(['sdp', 'sdp', 'sdp']);
    expect(await objects.invoke(endpoint, 'getName')).toBe(endpoint);
  });
});
