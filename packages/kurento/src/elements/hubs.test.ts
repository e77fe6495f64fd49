import { beforeEach, describe, expect, it } from 'vitest';
import { TestElements } from '../test/test-elements.ts';

let server: TestElements;
let mediaPipeline: string;

beforeEach(async () => {
  server = new TestElements();
  mediaPipeline = await server.pipeline();
});

/** An endpoint that gives to a port and gets from it. */
async function guest(name: string, hub: string): Promise<{ readonly endpoint: string; readonly port: string }> {
  const endpoint = await server.create(name, 'WebRtcEndpoint', { mediaPipeline });
  const port = await server.create(`port of ${name}`, 'HubPort', { hub });
  await server.connect(endpoint, port);
  await server.connect(port, endpoint);
  return { endpoint, port };
}

function videoOf(endpoint: string): string | undefined {
  return server.engine.get(endpoint).sources.get('video');
}

describe('a Dispatcher', () => {
  it('gives each port what one other port gets, or its own', async () => {
    const hub = await server.create('hub', 'Dispatcher', { mediaPipeline });
    const [a, b] = [await guest('a', hub), await guest('b', hub)];
    expect(videoOf(b.endpoint)).toBeUndefined();
    await server.invoke(hub, 'connect', { source: a.port, sink: b.port });
    await server.invoke(hub, 'connect', { source: a.port, sink: a.port });
    expect(videoOf(b.endpoint)).toBe(`${a.endpoint}/video`);
    expect(videoOf(a.endpoint)).toBe(`${a.endpoint}/video`);
    await server.invoke(hub, 'connect', { source: b.port, sink: b.port });
    expect(videoOf(b.endpoint)).toBe(`${b.endpoint}/video`);
  });

  it('tells flow at its ports', async () => {
    const hub = await server.create('hub', 'Dispatcher', { mediaPipeline });
    const [a, b] = [await guest('a', hub), await guest('b', hub)];
    server.engine.flow(a.endpoint, 'video', true);
    server.takeEvents();
    await server.invoke(hub, 'connect', { source: a.port, sink: b.port });
    expect(server.takeEvents().filter((event) => !event.includes('Transcoding'))).toEqual([
      'port of b MediaFlowOutStateChanged FLOWING default VIDEO',
      'b MediaFlowInStateChanged FLOWING default VIDEO',
    ]);
  });

  it('passes over ports of other hubs', async () => {
    const hub = await server.create('hub', 'Dispatcher', { mediaPipeline });
    const other = await server.create('other', 'Dispatcher', { mediaPipeline });
    const [a, b] = [await guest('a', hub), await guest('b', other)];
    expect(await server.invoke(hub, 'connect', { source: a.port, sink: b.port })).toBeNull();
    expect(await server.invoke(hub, 'connect', { source: b.port, sink: a.port })).toBeNull();
    expect(videoOf(b.endpoint)).toBeUndefined();
    expect(videoOf(a.endpoint)).toBeUndefined();
  });

  it('gives nothing more when the port or the hub is released', async () => {
    const hub = await server.create('hub', 'Dispatcher', { mediaPipeline });
    const [a, b] = [await guest('a', hub), await guest('b', hub)];
    await server.invoke(hub, 'connect', { source: a.port, sink: b.port });
    await server.model.release(a.port);
    expect(videoOf(b.endpoint)).toBeUndefined();
    await server.invoke(hub, 'connect', { source: b.port, sink: b.port });
    await server.model.release(hub);
    expect(videoOf(b.endpoint)).toBeUndefined();
    expect(server.elements.sizes).toEqual({ pipelines: 1, hubs: 0 });
  });

  it('draws its ports as its own', async () => {
    const hub = await server.create('hub', 'Dispatcher', { mediaPipeline });
    const [a, b] = [await guest('a', hub), await guest('b', hub)];
    await server.invoke(hub, 'connect', { source: a.port, sink: b.port });
    const drawing = await server.invoke(hub, 'getGstreamerDot');
    expect(drawing).toContain(`subgraph "cluster_${hub}" {`);
    expect(drawing).toContain(`"${a.port}" -> "${b.port}" [style=dashed];`);
    expect(drawing).toContain(`"${a.endpoint}" -> "${a.port}" [label="AUDIO", style=solid];`);
  });
});

describe('a DispatcherOneToMany', () => {
  it('gives all ports what one of them gets, also those that come later', async () => {
    const hub = await server.create('hub', 'DispatcherOneToMany', { mediaPipeline });
    const [a, b] = [await guest('a', hub), await guest('b', hub)];
    await server.invoke(hub, 'setSource', { source: a.port });
    const c = await guest('c', hub);
    for (const { endpoint } of [a, b, c]) expect(videoOf(endpoint)).toBe(`${a.endpoint}/video`);
    await server.invoke(hub, 'setSource', { source: b.port });
    for (const { endpoint } of [a, b, c]) expect(videoOf(endpoint)).toBe(`${b.endpoint}/video`);
    await server.invoke(hub, 'removeSource');
    for (const { endpoint } of [a, b, c]) expect(videoOf(endpoint)).toBeUndefined();
  });

  it('gives nothing when the source is released, to those that come later neither', async () => {
    const hub = await server.create('hub', 'DispatcherOneToMany', { mediaPipeline });
    const [a, b] = [await guest('a', hub), await guest('b', hub)];
    await server.invoke(hub, 'setSource', { source: a.port });
    await server.model.release(a.port);
    expect(videoOf(b.endpoint)).toBeUndefined();
    const c = await guest('c', hub);
    expect(videoOf(c.endpoint)).toBeUndefined();
  });

  it('passes over ports of other hubs', async () => {
    const hub = await server.create('hub', 'DispatcherOneToMany', { mediaPipeline });
    const other = await server.create('other', 'Dispatcher', { mediaPipeline });
    const [a, b] = [await guest('a', hub), await guest('b', other)];
    await server.invoke(hub, 'setSource', { source: b.port });
    expect(videoOf(a.endpoint)).toBeUndefined();
  });
});
