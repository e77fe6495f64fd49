import { describe, expect, it } from 'vitest';
import { serverManagerId } from './server-manager.ts';
import { TestObjects } from './test/test-objects.ts';

async function endpointOf(objects: TestObjects): Promise<string> {
  return objects.create('WebRtcEndpoint', { mediaPipeline: await objects.pipeline() });
}

describe('events', () => {
  it('say their source, tags, time, and but for the server and errors their type', async () => {
    const objects = new TestObjects();
    const endpoint = await endpointOf(objects);
    objects.model.subscribe('s', endpoint, 'MediaSessionStarted');
    objects.model.subscribe('s', endpoint, 'Error');
    objects.elements.last?.raise('MediaSessionStarted', {});
    objects.elements.last?.raise('Error', { description: 'd', errorCode: 1, type: 'T' });
    const base = { source: endpoint, tags: [], timestamp: '1700000000', timestampMillis: '1700000000999' };
    expect(objects.events).toEqual([
      {
        sessionId: 's',
        objectId: endpoint,
        type: 'MediaSessionStarted',
        data: { ...base, type: 'MediaSessionStarted' },
      },
      {
        sessionId: 's',
        objectId: endpoint,
        type: 'Error',
        data: { ...base, description: 'd', errorCode: 1, type: 'T' },
      },
    ]);
  });

  it('of the server tell of every object', async () => {
    const objects = new TestObjects();
    objects.model.subscribe('s', serverManagerId, 'ObjectCreated');
    const pipeline = await objects.pipeline();
    expect(objects.events).toEqual([
      {
        sessionId: 's',
        objectId: serverManagerId,
        type: 'ObjectCreated',
        data: {
          object: pipeline,
          source: serverManagerId,
          tags: [],
          timestamp: '1700000000',
          timestampMillis: '1700000000999',
        },
      },
    ]);
  });

  it('have the tags of the object when it is set to send them', async () => {
    const objects = new TestObjects();
    const endpoint = await endpointOf(objects);
    objects.model.subscribe('s', endpoint, 'IceGatheringDone');
    await objects.invoke(endpoint, 'addTag', { key: 'who', value: 'w' });
    objects.elements.last?.raise('IceGatheringDone', {});
    await objects.invoke(endpoint, 'setSendTagsInEvents', { sendTagsInEvents: true });
    objects.elements.last?.raise('IceGatheringDone', {});
    expect(objects.events).toMatchObject([
      { data: { tags: [] } },
      { data: { tags: [{ __module__: 'kurento', __type__: 'Tag', key: 'who', value: 'w' }] } },
    ]);
  });

  it('go to whoever subscribed, once by each name that it was subscribed by', async () => {
    const objects = new TestObjects();
    objects.model.openSession('other');
    const endpoint = await endpointOf(objects);
    objects.model.subscribe('s', endpoint, 'IceCandidateFound');
    const former = objects.model.subscribe('s', endpoint, 'OnIceCandidate');
    const again = objects.model.subscribe('s', endpoint, 'OnIceCandidate');
    objects.model.subscribe('other', endpoint, 'IceCandidateFound');
    objects.elements.last?.raise('IceCandidateFound', { candidate: null });
    expect(objects.events.map(({ sessionId, type, data }) => [sessionId, type, data])).toMatchObject([
      ['s', 'IceCandidateFound', { type: 'IceCandidateFound' }],
      ['s', 'OnIceCandidate', { type: 'OnIceCandidate' }],
      ['other', 'IceCandidateFound', { type: 'IceCandidateFound' }],
    ]);
    objects.model.unsubscribe('s', former);
    objects.model.unsubscribe('s', 'zz');
    objects.takeEvents();
    objects.elements.last?.raise('IceCandidateFound', { candidate: null });
    expect(objects.takeEvents()).toHaveLength(3);
    objects.model.unsubscribe('s', again);
    objects.elements.last?.raise('IceCandidateFound', { candidate: null });
    expect(objects.takeEvents()).toHaveLength(2);
  });

  it.each([
    ['OnIceCandidate', 'IceCandidateFound'],
    ['OnIceGatheringDone', 'IceGatheringDone'],
    ['OnIceComponentStateChanged', 'IceComponentStateChanged'],
    ['IceComponentStateChange', 'IceComponentStateChanged'],
    ['OnDataChannelOpened', 'DataChannelOpened'],
    ['DataChannelOpen', 'DataChannelOpened'],
    ['OnDataChannelClosed', 'DataChannelClosed'],
    ['DataChannelClose', 'DataChannelClosed'],
    ['MediaFlowInStateChange', 'MediaFlowInStateChanged'],
    ['MediaFlowOutStateChange', 'MediaFlowOutStateChanged'],
    ['MediaTranscodingStateChange', 'MediaTranscodingStateChanged'],
  ])('are known as %s before 7.0', async (former, event) => {
    const objects = new TestObjects();
    const endpoint = await endpointOf(objects);
    objects.model.subscribe('s', endpoint, former);
    objects.elements.last?.raise(event, {});
    expect(objects.events).toMatchObject([{ type: former, data: { type: former } }]);
  });

  it.each(['Bogus', '', 'Media', 'toString', 'IceCandidateFound'])('a pipeline has no %j', async (type) => {
    const objects = new TestObjects();
    const pipeline = await objects.pipeline();
    expect(() => objects.model.subscribe('s', pipeline, type)).toThrow(
      expect.objectContaining({ type: 'MEDIA_OBJECT_EVENT_NOT_SUPPORTED', message: `Event '${type}' not supported` }),
    );
  });

  it('come no more to who listens no more', async () => {
    const objects = new TestObjects();
    const seen: string[] = [];
    const stop = objects.model.onEvent(({ type }) => seen.push(type));
    objects.model.subscribe('s', serverManagerId, 'ObjectCreated');
    await objects.pipeline();
    stop();
    await objects.pipeline();
    expect(seen).toEqual(['ObjectCreated']);
  });
});
