import { describe, expect, it } from 'vitest';
import { namedPadsMax } from '../graph/index.ts';
import { isRecord } from '../objects/arguments.ts';
import { nameLengthMax } from '../objects/object-limits.ts';
import { findClass } from '../schema/schema.ts';
import { TestElements } from '../test/test-elements.ts';

async function twoEndpoints(): Promise<{
  readonly server: TestElements;
  readonly mediaPipeline: string;
  readonly a: string;
  readonly b: string;
}> {
  const server = new TestElements();
  const mediaPipeline = await server.pipeline();
  const a = await server.create('a', 'WebRtcEndpoint', { mediaPipeline });
  const b = await server.create('b', 'WebRtcEndpoint', { mediaPipeline });
  return { server, mediaPipeline, a, b };
}

describe('elements', () => {
  it('have every operation that their class has', async () => {
    const server = new TestElements();
    const mediaPipeline = await server.pipeline();
    const hub = await server.create('hub', 'Dispatcher', { mediaPipeline });
    for (const { type, open } of server.elements.factories) {
      const id = await server.create(type, type, type === 'HubPort' ? { hub } : { mediaPipeline });
      expect(open).toBeTypeOf('function');
      // What is not there is a bug of ours, and no refusal of Kurento's.
      for (const operation of findClass(type)?.operations.keys() ?? []) {
        await server.invoke(id, operation).catch((error: unknown) => {
          expect(error).toHaveProperty('type');
        });
      }
    }
    expect(server.bugs).toEqual([]);
  });

  it('keep encoder bitrates, and refuse negative ones and formats', async () => {
    const { server, a } = await twoEndpoints();
    expect(await server.invoke(a, 'getEncoderBitrate')).toBe(300_000);
    expect(await server.invoke(a, 'getMinEncoderBitrate')).toBe(0);
    expect(await server.invoke(a, 'getMaxEncoderBitrate')).toBe(2_147_483_647);
    await server.invoke(a, 'setEncoderBitrate', { encoderBitrate: 5 });
    expect(await server.invoke(a, 'getEncoderBitrate')).toBe(5);
    await expect(server.invoke(a, 'setEncoderBitrate', { encoderBitrate: -5 })).rejects.toMatchObject({
      type: 'MEDIA_OBJECT_ILLEGAL_PARAM_ERROR',
    });
    await expect(server.invoke(a, 'setAudioFormat', { caps: { codec: 'OPUS', bitrate: 1 } })).rejects.toMatchObject({
      type: 'MEDIA_OBJECT_OPERATION_NOT_SUPPORTED',
    });
    expect(await server.invoke(a, 'isMediaTranscoding', { mediaType: 'VIDEO' })).toBe(false);
  });
});

describe('connect', () => {
  it('connects sound, pictures and data, and gives the sink its sources', async () => {
    const { server, a, b } = await twoEndpoints();
    await server.connect(a, b);
    expect(server.takeEvents()).toEqual([
      'a ElementConnected b AUDIO default default',
      'a ElementConnected b VIDEO default default',
      'a ElementConnected b DATA default default',
    ]);
    expect([...server.engine.get(b).sources]).toEqual([
      ['audio', `${a}/audio`],
      ['video', `${a}/video`],
    ]);
    const sinks = await server.invoke(a, 'getSinkConnections');
    const both = { source: a, sink: b, sourceDescription: 'default', sinkDescription: 'default' };
    expect(sinks).toEqual(
      ['AUDIO', 'DATA', 'VIDEO'].map((type) => ({
        __module__: 'kurento',
        __type__: 'ElementConnectionData',
        type,
        ...both,
      })),
    );
    expect(await server.invoke(b, 'getSourceConnections')).toEqual(sinks);
    expect(await server.invoke(b, 'getSourceConnections', { mediaType: 'VIDEO' })).toHaveLength(1);
    expect(await server.invoke(b, 'getSourceConnections', { description: 'other' })).toEqual([]);
    expect(await server.invoke(a, 'getSourceConnections')).toEqual([]);
  });

  it('of one type leaves the others; made again it is told as ended and made, and the engine hears nothing', async () => {
    const { server, a, b } = await twoEndpoints();
    await server.invoke(a, 'connect', { sink: b, mediaType: 'AUDIO' });
    server.takeEvents();
    const calls = server.engine.calls.length;
    await server.invoke(a, 'connect', { sink: b, mediaType: 'AUDIO' });
    expect(server.takeEvents()).toEqual([
      'a ElementDisconnected b AUDIO default default',
      'a ElementConnected b AUDIO default default',
    ]);
    expect(server.engine.calls).toHaveLength(calls);
  });

  it('of an endpoint with itself is a loopback', async () => {
    const { server, a } = await twoEndpoints();
    await server.connect(a, a);
    expect(server.engine.get(a).sources.get('video')).toBe(`${a}/video`);
  });

  it('does not reach into another pipeline', async () => {
    const { server, a } = await twoEndpoints();
    const other = await server.create('c', 'PassThrough', { mediaPipeline: await server.pipeline() });
    await expect(server.connect(a, other)).rejects.toMatchObject({ type: 'CONNECT_ERROR' });
    expect(server.takeEvents()).toEqual([]);
    await server.invoke(a, 'disconnect', { sink: other, mediaType: 'AUDIO' });
    expect(server.takeEvents()).toEqual(['a ElementDisconnected c AUDIO default default']);
  });

  it('has limits for names of pads', async () => {
    const { server, a, b } = await twoEndpoints();
    const connect = async (name: string): Promise<unknown> =>
      server.invoke(a, 'connect', { sink: b, mediaType: 'AUDIO', sinkMediaDescription: name });
    await connect('x'.repeat(nameLengthMax));
    await expect(connect('x'.repeat(nameLengthMax + 1))).rejects.toMatchObject({
      type: 'MEDIA_OBJECT_ILLEGAL_PARAM_ERROR',
    });
    for (let index = 1; index < namedPadsMax; index += 1) await connect(`x${index}`);
    await expect(connect('one more')).rejects.toMatchObject({ type: 'NOT_ENOUGH_RESOURCES' });
  });
});

describe('disconnect', () => {
  it('ends what is connected, and tells also of what is not', async () => {
    const { server, a, b } = await twoEndpoints();
    await server.connect(a, b);
    server.takeEvents();
    await server.invoke(a, 'disconnect', { sink: b, mediaType: 'VIDEO' });
    expect([...server.engine.get(b).sources.keys()]).toEqual(['audio']);
    await server.invoke(a, 'disconnect', { sink: b });
    expect([...server.engine.get(b).sources.keys()]).toEqual([]);
    expect(server.takeEvents()).toEqual([
      'a ElementDisconnected b VIDEO default default',
      'a ElementDisconnected b AUDIO default default',
      'a ElementDisconnected b VIDEO default default',
      'a ElementDisconnected b DATA default default',
    ]);
  });
});

describe('media flow', () => {
  it('is told of each element that it goes through, out of the first and into the last, once', async () => {
    const { server, mediaPipeline, a, b } = await twoEndpoints();
    const through = await server.create('p', 'PassThrough', { mediaPipeline });
    await server.connect(a, through);
    await server.connect(through, b);
    server.takeEvents();
    server.engine.flow(a, 'video', true);
    server.engine.flow(a, 'video', true);
    const [first, transcoding, ...others] = server.takeEvents();
    expect(first).toBe('a MediaFlowOutStateChanged FLOWING default VIDEO');
    expect(transcoding).toMatch(
      /^a MediaTranscodingStateChanged NOT_TRANSCODING kmswebrtcendpoint\d+_kmsagnosticbin2-1 VIDEO$/,
    );
    expect(others.filter((event) => !event.includes('Transcoding'))).toEqual([
      'p MediaFlowInStateChanged FLOWING default VIDEO',
      'p MediaFlowOutStateChanged FLOWING default VIDEO',
      'b MediaFlowInStateChanged FLOWING default VIDEO',
    ]);
    expect(await server.invoke(b, 'isMediaFlowingIn', { mediaType: 'VIDEO' })).toBe(true);
    expect(await server.invoke(b, 'isMediaFlowingIn', { mediaType: 'AUDIO' })).toBe(false);
    expect(await server.invoke(b, 'isMediaFlowingOut', { mediaType: 'VIDEO' })).toBe(false);
    expect(await server.invoke(a, 'isMediaFlowingOut', { mediaType: 'VIDEO', sourceMediaDescription: 'x' })).toBe(
      false,
    );
    server.engine.flow(a, 'video', false);
    server.engine.flow(a, 'video', true);
    expect(server.takeEvents()).toEqual([
      'a MediaFlowOutStateChanged NOT_FLOWING default VIDEO',
      'p MediaFlowInStateChanged NOT_FLOWING default VIDEO',
      'p MediaFlowOutStateChanged NOT_FLOWING default VIDEO',
      'b MediaFlowInStateChanged NOT_FLOWING default VIDEO',
      'a MediaFlowOutStateChanged FLOWING default VIDEO',
      'p MediaFlowInStateChanged FLOWING default VIDEO',
      'p MediaFlowOutStateChanged FLOWING default VIDEO',
      'b MediaFlowInStateChanged FLOWING default VIDEO',
    ]);
  });

  it('of rooms that are no pipelines, and of tracks that are of no endpoint, is passed over', async () => {
    const { server, a, mediaPipeline } = await twoEndpoints();
    for (const trackId of ['video', `${a}/text`, 'nobody/video']) {
      server.engine.raise({ type: 'track-flow', roomId: mediaPipeline, trackId, isFlowing: true });
    }
    server.engine.raise({ type: 'track-flow', roomId: 'a meeting', trackId: `${a}/video`, isFlowing: true });
    expect(server.takeEvents()).toEqual([]);
  });
});

describe('drawings', () => {
  it('are of the whole pipeline, or of an element and what is next to it', async () => {
    const { server, mediaPipeline, a, b } = await twoEndpoints();
    const far = await server.create('far', 'PassThrough', { mediaPipeline });
    await server.connect(a, b);
    await server.connect(b, far);
    const whole = await server.invoke(mediaPipeline, 'getGstreamerDot');
    const part = await server.invoke(a, 'getGstreamerDot', { details: 'SHOW_ALL' });
    expect(whole).toContain(`"${b}" -> "${far}" [label="VIDEO", style=solid];`);
    expect(part).toContain(`"${a}" -> "${b}" [label="VIDEO", style=solid];`);
    expect(part).not.toContain(far);
    expect(await server.invoke(a, 'dumpGstreamerDot')).toBeNull();
  });

  it('of an empty pipeline are empty', async () => {
    const server = new TestElements();
    expect(await server.invoke(await server.pipeline(), 'getGstreamerDot')).toMatch(/^digraph "[^"]+" {\n/);
  });
});

describe('statistics of a PassThrough', () => {
  it('have its latency, which is none, when it is asked for', async () => {
    const server = new TestElements();
    const mediaPipeline = await server.pipeline();
    const id = await server.create('p', 'PassThrough', { mediaPipeline });
    const latency = async (params = {}): Promise<unknown> => {
      const all = await server.invoke(id, 'getStats', params);
      const own = isRecord(all) ? all[id] : undefined;
      expect(own).toMatchObject({ __type__: 'ElementStats', id, type: 'element', timestampMillis: 1_700_000_000_000 });
      return isRecord(own) ? own['inputLatency'] : undefined;
    };
    expect(await latency()).toEqual([]);
    await server.invoke(mediaPipeline, 'setLatencyStats', { latencyStats: true });
    expect(await latency({ mediaType: 'VIDEO' })).toEqual([
      { __module__: 'kurento', __type__: 'MediaLatencyStat', name: 'sink_video_default', type: 'VIDEO', avg: 0 },
    ]);
    expect(await latency()).toHaveLength(2);
  });
});
