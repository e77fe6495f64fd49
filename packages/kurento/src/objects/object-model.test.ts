import { CodedError } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { serverManagerId } from './server-manager.ts';
import { TestObjects } from './test/test-objects.ts';

const notFound = (id: string): object => ({ type: 'MEDIA_OBJECT_NOT_FOUND', message: `Object '${id}' not found` });

describe('create', () => {
  it('names an object after its class, below its parent', async () => {
    const objects = new TestObjects();
    const pipeline = await objects.pipeline();
    const hub = await objects.create('kurento.Dispatcher', { mediaPipeline: pipeline });
    const port = await objects.create('HubPort', { hub });
    expect(pipeline).toBe('uuid1_kurento.MediaPipeline');
    expect(hub).toBe(`${pipeline}/uuid2_kurento.Dispatcher`);
    expect(port).toBe(`${hub}/uuid3_kurento.HubPort`);
    expect(await objects.invoke(port, 'getParent')).toBe(hub);
    expect(await objects.invoke(port, 'getMediaPipeline')).toBe(pipeline);
    expect(await objects.invoke(pipeline, 'getChildren')).toEqual([hub]);
    expect(objects.rooms.open).toEqual(new Set([pipeline]));
  });

  it.each(['Nope', 'MediaElement', 'BaseRtpEndpoint', 'PlayerEndpoint', 'ServerManager', '', 'kurento.Nope'])(
    'has no factory for %j',
    async (type) => {
      await expect(new TestObjects().create(type, {})).rejects.toMatchObject({
        type: 'MEDIA_OBJECT_NOT_AVAILABLE',
        message: `Factory '${type}' not found`,
      });
    },
  );

  it('asks for the parameters of the constructor, but where there are none', async () => {
    const objects = new TestObjects();
    await expect(objects.create('PassThrough')).rejects.toMatchObject({
      type: 'MARSHALL_ERROR',
      message: "'constructorParams' is required",
    });
    await expect(objects.create('PassThrough', {})).rejects.toMatchObject({
      message: "'mediaPipeline' parameter should be a string",
    });
    await expect(objects.create('PassThrough', { mediaPipeline: 'xx' })).rejects.toMatchObject(notFound('xx'));
    await expect(objects.create('PassThrough', { mediaPipeline: serverManagerId })).rejects.toMatchObject({
      type: 'MARSHALL_ERROR',
      message: `Object '${serverManagerId}' is no MediaPipeline`,
    });
    expect(await objects.create('MediaPipeline')).toMatch(/_kurento\.MediaPipeline$/);
  });

  it('takes a property that is null as left out', async () => {
    const objects = new TestObjects();
    const id = await objects.create('MediaPipeline', {}, 's', { name: null, latencyStats: null });
    expect(await objects.invoke(id, 'getName')).toBe(id);
  });

  it('sets the properties that the class has, and passes over the others', async () => {
    const objects = new TestObjects();
    const id = await objects.create('MediaPipeline', {}, 's', { name: 'a', latencyStats: true, colour: 1, id: 'x' });
    expect(await objects.invoke(id, 'getName')).toBe('a');
    expect(await objects.invoke(id, 'getLatencyStats')).toBe(true);
    expect(await objects.invoke(id, 'getId')).toBe(id);
  });

  it('takes no method for a property that begins with "set"', async () => {
    const objects = new TestObjects();
    const mediaPipeline = await objects.pipeline();
    const properties = { audioFormat: {}, videoFormat: 1, toString: 1, ['']: 2, outputBitrate: 5, encoderBitrate: 7 };
    const set: number[] = [];
    objects.elements.operations['setEncoderBitrate'] = (args) => {
      set.push(args.number('encoderBitrate'));
    };
    await objects.create('PassThrough', { mediaPipeline }, 's', properties);
    expect(set).toEqual([7]);
  });

  it('leaves nothing behind when a property is refused', async () => {
    const objects = new TestObjects();
    await expect(objects.create('MediaPipeline', {}, 's', { latencyStats: 'no' })).rejects.toMatchObject({
      type: 'MARSHALL_ERROR',
    });
    expect(objects.rooms.open.size).toBe(0);
    expect(objects.model.sizes.objects).toBe(1);
  });

  it('closes what opened for a pipeline that was released meanwhile', async () => {
    const objects = new TestObjects();
    const pipeline = await objects.pipeline();
    const opened = Promise.withResolvers<void>();
    objects.elements.opening = opened.promise;
    const creating = objects.create('PassThrough', { mediaPipeline: pipeline });
    await objects.model.release(pipeline);
    opened.resolve();
    await expect(creating).rejects.toMatchObject(notFound(pipeline));
    expect(objects.elements.closed).toHaveLength(1);
    expect(objects.model.sizes.objects).toBe(1);
  });

  it('closes what opened for a session that was closed meanwhile', async () => {
    const objects = new TestObjects();
    const opened = Promise.withResolvers<void>();
    objects.rooms.opening = opened.promise;
    const creating = objects.pipeline();
    await objects.model.closeSession('s');
    opened.resolve();
    await expect(creating).rejects.toMatchObject({ type: 'INVALID_SESSION' });
    expect(objects.rooms.open.size).toBe(0);
    expect(objects.model.sizes).toEqual({ objects: 1, subscriptions: 0, sessions: 0 });
  });
});

describe('describe', () => {
  it('tells the class and those above it from near to far', async () => {
    const objects = new TestObjects();
    const mediaPipeline = await objects.pipeline();
    const id = await objects.create('WebRtcEndpoint', { mediaPipeline });
    expect(objects.model.describe('s', id)).toEqual({
      type: 'WebRtcEndpoint',
      qualifiedType: 'kurento.WebRtcEndpoint',
      hierarchy: [
        'kurento.BaseRtpEndpoint',
        'kurento.SdpEndpoint',
        'kurento.SessionEndpoint',
        'kurento.Endpoint',
        'kurento.MediaElement',
        'kurento.MediaObject',
      ],
    });
    expect(() => objects.model.describe('s', 'xx')).toThrow("Object 'xx' not found");
  });
});

describe('invoke', () => {
  it('refuses an operation that the class does not have, with the number of its parameters', async () => {
    const objects = new TestObjects();
    const pipeline = await objects.pipeline();
    for (const [operation, params, count] of [
      ['bogusMethod', { a: 1 }, 1],
      ['toString', undefined, 0],
      ['__proto__', [1], 0],
      ['setId', { id: 'x' }, 1],
    ] as const) {
      await expect(objects.invoke(pipeline, operation, params)).rejects.toMatchObject({
        type: 'MALFORMED_TRANSACTION',
        message: `Method '${operation}' with ${count} parameters not found`,
      });
    }
  });

  it('knows references that no transaction made', async () => {
    await expect(new TestObjects().invoke('newref:0', 'getName')).rejects.toMatchObject({
      type: 'MEDIA_OBJECT_NOT_FOUND_TRANSACTION_NO_COMMIT',
      message: "Object 'newref:0' not found. Possibly using a transactional object without committing the transaction.",
    });
  });

  it('runs the operations of an object in the order of the requests, each after the other', async () => {
    const objects = new TestObjects();
    const log: string[] = [];
    objects.elements.operations['processOffer'] = async (args) => {
      log.push(`begin ${args.string('offer')}`);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      log.push(`end ${args.string('offer')}`);
      return '';
    };
    const endpoint = await objects.create('WebRtcEndpoint', { mediaPipeline: await objects.pipeline() });
    await Promise.all(['1', '2'].map(async (offer) => objects.invoke(endpoint, 'processOffer', { offer })));
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('says "not found" when the engine knows no more what the object stands for', async () => {
    const objects = new TestObjects();
    const pipeline = await objects.pipeline();
    objects.elements.operations['gatherCandidates'] = async () => {
      await objects.rooms.closeRoom('gone');
      return undefined;
    };
    const endpoint = await objects.create('WebRtcEndpoint', { mediaPipeline: pipeline });
    await expect(objects.invoke(endpoint, 'gatherCandidates')).rejects.toMatchObject(notFound(endpoint));
  });

  it.each([
    ['sdp-no-sections', 'SDP_PARSE_ERROR'],
    ['candidate-malformed', 'ICE_ADD_CANDIDATE_ERROR'],
    ['peers-unknown', 'UNDEFINED'],
  ])('answers what the engine refuses with %s as %s', async (code, type) => {
    const objects = new TestObjects();
    objects.elements.operations['gatherCandidates'] = async () => Promise.reject(new CodedError(code, 'Because.'));
    const endpoint = await objects.create('WebRtcEndpoint', { mediaPipeline: await objects.pipeline() });
    await expect(objects.invoke(endpoint, 'gatherCandidates')).rejects.toMatchObject({ type, message: 'Because.' });
  });

  it('lets bugs through', async () => {
    const objects = new TestObjects();
    objects.elements.operations['gatherCandidates'] = () => {
      throw new TypeError('a bug');
    };
    const endpoint = await objects.create('WebRtcEndpoint', { mediaPipeline: await objects.pipeline() });
    await expect(objects.invoke(endpoint, 'gatherCandidates')).rejects.toThrow(TypeError);
    expect(await objects.invoke(endpoint, 'getName')).toBe(endpoint);
  });

  it('knows the operations by their names of before 7.0', async () => {
    const objects = new TestObjects();
    const pipeline = await objects.pipeline();
    const set: unknown[] = [];
    objects.elements.operations['setEncoderBitrate'] = (args) => {
      set.push(args.number('encoderBitrate'));
    };
    objects.elements.operations['setMinEncoderBitrate'] = (args) => {
      set.push(args.number('minEncoderBitrate'));
    };
    objects.elements.operations['getMaxEncoderBitrate'] = () => 7;
    objects.elements.operations['setExternalIPv4'] = (args) => {
      set.push(`4 ${args.string('externalIPv4')}`);
    };
    objects.elements.operations['setExternalIPv6'] = (args) => {
      set.push(`6 ${args.string('externalIPv6')}`);
    };
    objects.elements.operations['getExternalIPv4'] = () => '';
    objects.elements.operations['getExternalIPv6'] = () => '2001:db8::1';
    const endpoint = await objects.create('WebRtcEndpoint', { mediaPipeline: pipeline }, 's', {
      externalAddress: '192.0.2.1',
    });
    await objects.invoke(endpoint, 'setOutputBitrate', { bitrate: 1 });
    await objects.invoke(endpoint, 'setMinOuputBitrate', { minOuputBitrate: 2 });
    await objects.invoke(endpoint, 'setMinOutputBitrate', { minOutputBitrate: 3 });
    await objects.invoke(endpoint, 'setExternalAddress', { externalAddress: '2001:db8::1' });
    expect(set).toEqual(['4 192.0.2.1', 1, 2, 3, '6 2001:db8::1']);
    expect(await objects.invoke(endpoint, 'getMaxOutputBitrate')).toBe(7);
    expect(await objects.invoke(endpoint, 'getExternalAddress')).toBe('2001:db8::1');
    expect(await objects.invoke(pipeline, 'getChilds')).toEqual([endpoint]);
    await expect(objects.invoke(pipeline, 'setOutputBitrate', { bitrate: 1 })).rejects.toMatchObject({
      message: "Method 'setOutputBitrate' with 1 parameters not found",
    });
  });
});
