import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { isRecord } from '../objects/arguments.ts';
import { TestElements } from '../test/test-elements.ts';

const operation = fc.record({
  operation: fc.constantFrom('connect', 'connect', 'connect', 'disconnect'),
  source: fc.nat(5),
  sink: fc.nat(5),
  mediaType: fc.constantFrom('AUDIO', 'VIDEO'),
  /** Whether all that was asked before is waited for. */
  isLate: fc.boolean(),
});

/** Where the media of an element comes from, asked connection by connection; undefined: from nowhere. */
async function originOf(
  server: TestElements,
  endpoints: readonly string[],
  { id, mediaType }: { readonly id: string; readonly mediaType: string },
): Promise<string | undefined> {
  const seen = new Set<string>();
  let element = id;
  while (!seen.has(element)) {
    seen.add(element);
    const connections = await server.invoke(element, 'getSourceConnections', { mediaType });
    const first = Array.isArray(connections) ? (connections[0] ?? null) : null;
    const source = isRecord(first) ? first['source'] : undefined;
    if (typeof source !== 'string') return undefined;
    if (endpoints.includes(source)) return source;
    element = source;
  }
  return undefined;
}

it('has told the engine the source of every endpoint, whatever was connected at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
      const server = new TestElements();
      const mediaPipeline = await server.pipeline();
      const ids: string[] = [];
      for (const type of ['WebRtcEndpoint', 'RtpEndpoint', 'WebRtcEndpoint']) {
        ids.push(await server.create(`e${ids.length}`, type, { mediaPipeline }));
      }
      const endpoints = [...ids];
      while (ids.length < 6) ids.push(await server.create(`p${ids.length}`, 'PassThrough', { mediaPipeline }));
      const asked: Promise<unknown>[] = [];
      for (const each of operations) {
        if (each.isLate) await Promise.all(asked);
        const sink = ids[each.sink] ?? '';
        asked.push(server.invoke(ids[each.source] ?? '', each.operation, { sink, mediaType: each.mediaType }));
      }
      await Promise.all(asked);
      for (const id of endpoints) {
        for (const kind of ['audio', 'video'] as const) {
          const origin = await originOf(server, endpoints, { id, mediaType: kind.toUpperCase() });
          expect(server.engine.get(id).sources.get(kind)).toBe(origin === undefined ? undefined : `${origin}/${kind}`);
        }
      }
    }),
  );
});
