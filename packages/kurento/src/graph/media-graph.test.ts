import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection, GraphChange } from './graph-change.ts';
import { MediaGraph, namedPadsMax } from './media-graph.ts';
import { defaultDescription, type MediaType, mediaTypes } from './media-type.ts';

function connection(source: string, sink: string, more: Partial<Connection> = {}): Connection {
  return {
    source,
    sink,
    type: 'VIDEO',
    sourceDescription: defaultDescription,
    sinkDescription: defaultDescription,
    ...more,
  };
}

function graphOf(elements: { endpoints?: string[]; passThroughs?: string[]; ports?: string[] }): MediaGraph {
  const graph = new MediaGraph();
  for (const id of elements.endpoints ?? []) graph.addEndpoint(id);
  for (const id of elements.passThroughs ?? []) graph.addPassThrough(id);
  for (const id of elements.ports ?? []) graph.addHubPort(id);
  return graph;
}

function sourcesIn(changes: readonly GraphChange[] | undefined): readonly string[] {
  return (changes ?? []).flatMap((change) =>
    change.type === 'source' ? [`${change.element} ${change.mediaType} ${change.origin ?? '-'}`] : [],
  );
}

function flowsIn(changes: readonly GraphChange[] | undefined): readonly string[] {
  return (changes ?? []).flatMap((change) =>
    change.type === 'flow' ? [`${change.element} ${change.direction} ${change.isFlowing ? 'on' : 'off'}`] : [],
  );
}

describe('connections', () => {
  it('give an endpoint its source', () => {
    const graph = graphOf({ endpoints: ['a', 'b'] });
    const changes = graph.connect(connection('a', 'b'));
    expect(changes).toEqual([
      { type: 'connected', connection: connection('a', 'b') },
      { type: 'source', element: 'b', mediaType: 'VIDEO', origin: 'a' },
    ]);
    expect(graph.sinks('a')).toEqual([connection('a', 'b')]);
    expect(graph.sources('b')).toEqual([connection('a', 'b')]);
    expect(graph.sources('a')).toEqual([]);
  });

  it('replace what the input was connected to, and say so first', () => {
    const graph = graphOf({ endpoints: ['a', 'b', 'c'] });
    graph.connect(connection('a', 'c'));
    expect(graph.connect(connection('b', 'c'))).toEqual([
      { type: 'disconnected', connection: connection('a', 'c') },
      { type: 'connected', connection: connection('b', 'c') },
      { type: 'source', element: 'c', mediaType: 'VIDEO', origin: 'b' },
    ]);
    expect(graph.sinks('a')).toEqual([]);
  });

  it('made again are told as ended and made, and change nothing', () => {
    const graph = graphOf({ endpoints: ['a', 'b'] });
    graph.connect(connection('a', 'b'));
    const changes = graph.connect(connection('a', 'b')) ?? [];
    expect(changes.map(({ type }) => type)).toEqual(['disconnected', 'connected']);
    expect(graph.sinks('a')).toHaveLength(1);
  });

  it('of other types stay', () => {
    const graph = graphOf({ endpoints: ['a', 'b', 'c'] });
    graph.connect(connection('a', 'c', { type: 'AUDIO' }));
    graph.connect(connection('b', 'c'));
    expect(graph.origin('c', 'in', 'AUDIO')).toBe('a');
    expect(graph.origin('c', 'in', 'VIDEO')).toBe('b');
  });

  it('of an endpoint to itself are a loopback', () => {
    const graph = graphOf({ endpoints: ['a'] });
    expect(sourcesIn(graph.connect(connection('a', 'a')))).toEqual(['a VIDEO a']);
  });

  it('that do not exist can be ended, which is told and changes nothing', () => {
    const graph = graphOf({ endpoints: ['a', 'b', 'c'] });
    graph.connect(connection('a', 'c'));
    expect(graph.disconnect(connection('b', 'c')).map(({ type }) => type)).toEqual(['disconnected']);
    expect(graph.origin('c', 'in', 'VIDEO')).toBe('a');
  });

  it('with names of their own reach no endpoint, and pass through under the same name', () => {
    const graph = graphOf({ endpoints: ['a', 'b'], passThroughs: ['p'] });
    expect(sourcesIn(graph.connect(connection('a', 'b', { sinkDescription: 'x' })))).toEqual([]);
    graph.connect(connection('a', 'p', { sinkDescription: 'x' }));
    expect(sourcesIn(graph.connect(connection('p', 'b')))).toEqual([]);
    expect(sourcesIn(graph.connect(connection('p', 'b', { sourceDescription: 'x' })))).toEqual(['b VIDEO a']);
  });

  it(`with names of their own are refused when an element has ${namedPadsMax} of them, until one ends`, () => {
    const graph = graphOf({ endpoints: ['a', 'b'] });
    for (let index = 0; index < namedPadsMax; index += 1) {
      expect(graph.connect(connection('a', 'b', { sinkDescription: `d${index}` }))).toBeDefined();
    }
    const more = connection('a', 'b', { sinkDescription: 'more' });
    expect(graph.connect(more)).toBeUndefined();
    expect(graph.sinks('a')).toHaveLength(namedPadsMax);
    graph.disconnect(connection('a', 'b', { sinkDescription: 'd7' }));
    expect(graph.connect(more)).toBeDefined();
  });
});

describe('pass-throughs and hub ports', () => {
  it('tell sources on, however many stand in a row', () => {
    const graph = graphOf({ endpoints: ['a', 'b'], passThroughs: ['p', 'q'] });
    graph.connect(connection('p', 'q'));
    graph.connect(connection('q', 'b'));
    expect(sourcesIn(graph.connect(connection('a', 'p')))).toEqual(['b VIDEO a']);
    expect(sourcesIn(graph.disconnect(connection('p', 'q')))).toEqual(['b VIDEO -']);
  });

  it('in a loop carry nothing, also when the loop is closed around media', () => {
    const graph = graphOf({ endpoints: ['a', 'b'], passThroughs: ['p', 'q'] });
    graph.connect(connection('a', 'p'));
    graph.connect(connection('p', 'q'));
    graph.connect(connection('q', 'b'));
    expect(sourcesIn(graph.connect(connection('q', 'p')))).toEqual(['b VIDEO -']);
    expect(sourcesIn(graph.connect(connection('p', 'p')))).toEqual([]);
    expect(sourcesIn(graph.connect(connection('a', 'p')))).toEqual(['b VIDEO a']);
  });

  it('of a hub bring what it says', () => {
    const graph = graphOf({ endpoints: ['a', 'b'], ports: ['m', 'n'] });
    graph.connect(connection('a', 'm'));
    graph.connect(connection('n', 'b'));
    expect(sourcesIn(graph.setPortSource('n', 'm'))).toEqual(['b VIDEO a']);
    expect(sourcesIn(graph.setPortSource('n', undefined))).toEqual(['b VIDEO -']);
  });

  it('of a hub that go take nothing else with them', () => {
    const graph = graphOf({ endpoints: ['a', 'b'], ports: ['m', 'n'] });
    graph.connect(connection('a', 'm'));
    graph.connect(connection('n', 'b'));
    graph.setPortSource('n', 'm');
    expect(sourcesIn(graph.remove('m'))).toEqual(['b VIDEO -']);
    expect(graph.outputFrom('n')).toBeUndefined();
  });
});

describe('flow', () => {
  it('is told of every element that the media goes through, and only when it changes', () => {
    const graph = graphOf({ endpoints: ['a', 'b'], passThroughs: ['p'] });
    graph.connect(connection('a', 'p'));
    graph.connect(connection('p', 'b'));
    expect(flowsIn(graph.setArriving('a', 'VIDEO', true))).toEqual(['a out on', 'p in on', 'p out on', 'b in on']);
    expect(graph.setArriving('a', 'VIDEO', true)).toEqual([]);
    expect(graph.setArriving('a', 'AUDIO', true)).toHaveLength(1);
    expect(graph.isFlowing('b', 'in', 'VIDEO', defaultDescription)).toBe(true);
    expect(graph.isFlowing('b', 'out', 'VIDEO', defaultDescription)).toBe(false);
    expect(flowsIn(graph.connect(connection('p', 'b')))).toEqual([]);
    expect(flowsIn(graph.disconnect(connection('p', 'b')))).toEqual(['b in off']);
  });

  it('stops when the endpoint goes, and is not told of what went', () => {
    const graph = graphOf({ endpoints: ['a', 'b'] });
    graph.connect(connection('a', 'b'));
    graph.setArriving('a', 'VIDEO', true);
    expect(flowsIn(graph.remove('a'))).toEqual(['b in off']);
    expect(graph.sources('b')).toEqual([]);
  });
});

describe('any operations', () => {
  const endpoints = ['e0', 'e1', 'e2'];
  const passThroughs = ['p0', 'p1', 'p2'];
  const ports = ['h0', 'h1', 'h2'];
  const all = [...endpoints, ...passThroughs, ...ports];
  const types: readonly MediaType[] = ['AUDIO', 'VIDEO'];
  const anyConnection = fc.record({
    source: fc.constantFrom(...all),
    sink: fc.constantFrom(...all),
    type: fc.constantFrom(...types),
    sourceDescription: fc.constantFrom(defaultDescription, defaultDescription, 'x'),
    sinkDescription: fc.constantFrom(defaultDescription, defaultDescription, 'x'),
  });
  const operation = fc.oneof(
    { weight: 6, arbitrary: anyConnection.map((each) => ({ kind: 'connect' as const, connection: each })) },
    { weight: 2, arbitrary: anyConnection.map((each) => ({ kind: 'disconnect' as const, connection: each })) },
    fc.record({
      kind: fc.constant('feed' as const),
      port: fc.constantFrom(...ports),
      source: fc.option(fc.constantFrom(...ports), { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant('arriving' as const),
      id: fc.constantFrom(...endpoints),
      type: fc.constantFrom(...types),
      isArriving: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('renew' as const), id: fc.constantFrom(...all) }),
  );

  type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

  /** What is connected, asked from the beginning each time. */
  class Model {
    connections: Connection[] = [];
    readonly feeds = new Map<string, string>();
    readonly arriving = new Set<string>();

    originIn(id: string, type: MediaType, description: string, seen: readonly string[] = []): string | undefined {
      if (endpoints.includes(id) && description !== defaultDescription) return undefined;
      const key = `${id} ${description}`;
      const found = this.connections.find(
        (each) => each.sink === id && each.type === type && each.sinkDescription === description,
      );
      if (found === undefined || seen.includes(key)) return undefined;
      return this.originOut(found.source, type, found.sourceDescription, [...seen, key]);
    }

    originOut(id: string, type: MediaType, description: string, seen: readonly string[] = []): string | undefined {
      if (endpoints.includes(id)) return description === defaultDescription ? id : undefined;
      const from = passThroughs.includes(id) ? id : this.feeds.get(id);
      return from === undefined ? undefined : this.originIn(from, type, description, seen);
    }
  }

  function renew(graph: MediaGraph, id: string): readonly GraphChange[] {
    const changes = graph.remove(id);
    if (endpoints.includes(id)) graph.addEndpoint(id);
    else if (passThroughs.includes(id)) graph.addPassThrough(id);
    else graph.addHubPort(id);
    return changes;
  }

  function apply(graph: MediaGraph, model: Model, each: Operation): readonly GraphChange[] {
    switch (each.kind) {
      case 'connect': {
        const { sink, type, sinkDescription } = each.connection;
        model.connections = model.connections.filter(
          (other) => other.sink !== sink || other.type !== type || other.sinkDescription !== sinkDescription,
        );
        model.connections.push(each.connection);
        return graph.connect(each.connection) ?? [];
      }
      case 'disconnect': {
        const ended = JSON.stringify(each.connection);
        model.connections = model.connections.filter((other) => JSON.stringify(other) !== ended);
        return graph.disconnect(each.connection);
      }
      case 'feed':
        if (each.source === undefined) model.feeds.delete(each.port);
        else model.feeds.set(each.port, each.source);
        return graph.setPortSource(each.port, each.source);
      case 'arriving':
        if (each.isArriving) model.arriving.add(`${each.id} ${each.type}`);
        else model.arriving.delete(`${each.id} ${each.type}`);
        return graph.setArriving(each.id, each.type, each.isArriving);
      case 'renew':
        model.connections = model.connections.filter(({ source, sink }) => source !== each.id && sink !== each.id);
        model.feeds.delete(each.id);
        for (const [port, source] of model.feeds) if (source === each.id) model.feeds.delete(port);
        for (const type of types) model.arriving.delete(`${each.id} ${type}`);
        return renew(graph, each.id);
    }
  }

  it('leave what a naive model says, and tell every change of it', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const graph = graphOf({ endpoints, passThroughs, ports });
        const model = new Model();
        const told = new Map<string, string | boolean | undefined>();
        for (const each of operations) {
          const changes = apply(graph, model, each);
          if (each.kind === 'renew') for (const key of told.keys()) if (key.startsWith(`${each.id} `)) told.delete(key);
          for (const change of changes) {
            if (change.type === 'source') told.set(`${change.element} source ${change.mediaType}`, change.origin);
            if (change.type === 'flow') {
              const { element, direction, mediaType, description, isFlowing } = change;
              told.set(`${element} ${direction} ${mediaType} ${description}`, isFlowing);
            }
          }
          for (const id of all) {
            for (const type of types) {
              const originIn = model.originIn(id, type, defaultDescription);
              const originOut = model.originOut(id, type, defaultDescription);
              expect(graph.origin(id, 'in', type)).toBe(originIn);
              expect(graph.origin(id, 'out', type)).toBe(originOut);
              if (endpoints.includes(id)) expect(told.get(`${id} source ${type}`)).toBe(originIn);
              expect(told.get(`${id} in ${type} default`) ?? false).toBe(model.arriving.has(`${originIn} ${type}`));
              expect(told.get(`${id} out ${type} default`) ?? false).toBe(model.arriving.has(`${originOut} ${type}`));
            }
          }
        }
      }),
    );
  });

  it('cost what they change, not what there is: ten thousand connections of one source are quick', () => {
    const graph = graphOf({ endpoints: ['source'] });
    const started = process.hrtime.bigint();
    for (let index = 0; index < 10_000; index += 1) {
      graph.addEndpoint(`sink${index}`);
      for (const type of mediaTypes) graph.connect(connection('source', `sink${index}`, { type }));
    }
    for (let index = 0; index < 10_000; index += 1) graph.remove(`sink${index}`);
    expect(graph.sinks('source')).toEqual([]);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(3000);
  });
});
