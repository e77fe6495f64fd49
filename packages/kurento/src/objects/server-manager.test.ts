import { describe, expect, it } from 'vitest';
import { serverManagerId, usedCpuIntervalMax } from './server-manager.ts';
import { TestObjects } from './test/test-objects.ts';

describe('ServerManager', () => {
  it('lists the modules that clients ask for, with the classes that can be made', async () => {
    const info = await new TestObjects().invoke(serverManagerId, 'getInfo');
    const module = (name: string, factories: readonly string[]): object => ({
      __module__: 'kurento',
      __type__: 'ModuleInfo',
      version: '7.3.0',
      name,
      generationTime: '',
      factories,
    });
    expect(info).toEqual({
      __module__: 'kurento',
      __type__: 'ServerInfo',
      version: '7.3.0',
      modules: [
        module('core', ['HubPort', 'MediaPipeline', 'PassThrough']),
        module('elements', ['Dispatcher', 'DispatcherOneToMany', 'RtpEndpoint', 'WebRtcEndpoint']),
        module('filters', []),
      ],
      type: 'KMS',
      capabilities: ['transactions'],
    });
  });

  it('lists pipelines and sessions', async () => {
    const objects = new TestObjects();
    objects.model.openSession('other');
    const first = await objects.pipeline();
    const second = await objects.pipeline('other');
    await objects.create('PassThrough', { mediaPipeline: first });
    expect(await objects.invoke(serverManagerId, 'getPipelines')).toEqual([first, second]);
    expect(await objects.invoke(serverManagerId, 'getSessions')).toEqual(['s', 'other']);
    await objects.model.closeSession('other');
    expect(await objects.invoke(serverManagerId, 'getPipelines')).toEqual([first]);
    expect(await objects.invoke(serverManagerId, 'getSessions')).toEqual(['s']);
  });

  it('says what it takes of the machine', async () => {
    const objects = new TestObjects();
    expect(await objects.invoke(serverManagerId, 'getCpuCount')).toBe(4);
    expect(await objects.invoke(serverManagerId, 'getUsedMemory')).toBe(2048);
    expect(await objects.invoke(serverManagerId, 'getUsedCpu', { interval: 100 })).toBe(25);
  });

  it.each([
    [-5, 1],
    [0, 1],
    [usedCpuIntervalMax, usedCpuIntervalMax],
    [usedCpuIntervalMax + 1, usedCpuIntervalMax],
  ])('measures its use of the processor over %d as over %d ms', async (asked, used) => {
    const objects = new TestObjects();
    const start = objects.now;
    await objects.invoke(serverManagerId, 'getUsedCpu', { interval: asked });
    expect(objects.now - start).toBe(used);
  });

  it('is an object like others', async () => {
    const objects = new TestObjects();
    for (const [operation, answer] of [
      ['getId', serverManagerId],
      ['getName', serverManagerId],
      ['getParent', null],
      ['getMediaPipeline', null],
      ['getChildren', []],
      ['getTags', []],
      ['getMetadata', ''],
      ['getCreationTime', 1_700_000_000],
    ] as const) {
      expect(await objects.invoke(serverManagerId, operation)).toEqual(answer);
    }
    expect(objects.model.describe('s', serverManagerId)).toEqual({
      type: 'ServerManager',
      qualifiedType: 'kurento.ServerManager',
      hierarchy: ['kurento.MediaObject'],
    });
  });

  it('describes its modules, and refuses to describe others', async () => {
    const objects = new TestObjects();
    for (const moduleName of ['core', 'elements', 'filters']) {
      const text = await objects.invoke(serverManagerId, 'getKmd', { moduleName });
      expect(typeof text === 'string' ? JSON.parse(text) : text).toMatchObject({ name: moduleName });
    }
    await expect(objects.invoke(serverManagerId, 'getKmd', { moduleName: 'nope' })).rejects.toMatchObject({
      type: 'UNDEFINED',
      message: "Requested kmd module doesn't exist",
    });
  });
});

describe('MediaPipeline', () => {
  it('has a graph, and writes no files', async () => {
    const objects = new TestObjects();
    const pipeline = await objects.pipeline();
    expect(await objects.invoke(pipeline, 'getGstreamerDot')).toBe(`digraph "${pipeline}" {}`);
    expect(await objects.invoke(pipeline, 'getGstreamerDot', { details: 'SHOW_ALL' })).toContain('digraph');
    expect(await objects.invoke(pipeline, 'dumpGstreamerDot')).toBeNull();
    expect(await objects.invoke(pipeline, 'getLatencyStats')).toBe(false);
    expect(await objects.invoke(pipeline, 'setLatencyStats', { latencyStats: true })).toBeNull();
    expect(await objects.invoke(pipeline, 'getLatencyStats')).toBe(true);
  });
});
