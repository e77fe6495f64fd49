import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KurentoError } from '../kurento-error.ts';
import type { Json } from '../model.ts';
import { modules } from '../schema/schema.ts';
import { TestElements } from '../test/test-elements.ts';
import type { KurentoObjects } from './object-model.ts';
import { serverManagerId } from './server-manager.ts';
import { TestObjects } from './test/test-objects.ts';

const classes = modules.flatMap((module) => module.classes);
const types = [...classes, ...classes.filter(({ constructorParams }) => constructorParams !== undefined)].map(
  ({ name }) => name,
);
const properties = classes.flatMap((each) => each.properties);
const methods = classes.flatMap((each) => each.methods);
const parameters = [
  ...methods.flatMap(({ params }) => params),
  ...classes.flatMap((each) => each.constructorParams ?? []),
];
const names = [...parameters, ...properties].map(({ name }) => name);
const operations = [
  ...methods.map(({ name }) => name),
  ...properties.flatMap(({ name }) =>
    ['get', 'set'].map((verb) => `${verb}${name.slice(0, 1).toUpperCase()}${name.slice(1)}`),
  ),
  'getChilds',
  'setOutputBitrate',
  'setExternalAddress',
  'getExternalAddress',
  'toString',
  'constructor',
  '__proto__',
];
const events = modules.flatMap((module) => module.events.map(({ name }) => name));

/** Placeholders for ids of objects that were made before. */
const somebody = fc.nat({ max: 9 }).map((index) => `made:${index}`);

const json = fc.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value)));
const value = fc.oneof(json, somebody, fc.constantFrom('AUDIO', 'VP8', serverManagerId, true, 7, -1, 1e300, null));
const params: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constant(undefined),
  json,
  fc.dictionary(fc.constantFrom(...names, '__proto__'), value, { maxKeys: 4 }),
  fc.record({ mediaPipeline: somebody, hub: somebody }),
);
const word = (known: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...known) }, fc.string({ maxLength: 20 }));
const request = fc.record({
  method: fc.constantFrom(
    'create',
    'create',
    'describe',
    'invoke',
    'invoke',
    'invoke',
    'subscribe',
    'unsubscribe',
    'release',
    'ref',
    'unref',
  ),
  sessionId: fc.constantFrom('s', 's', 'other', 'nobody'),
  objectId: fc.oneof({ weight: 6, arbitrary: somebody }, fc.constant(serverManagerId), fc.string()),
  type: word([...types, ...types.map((type) => `kurento.${type}`)]),
  event: word([...events, 'OnIceCandidate']),
  operation: word(operations),
  params,
  properties: params,
  turns: fc.nat({ max: 3 }),
});
type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

/** Puts the id of an object for its placeholder. */
function idOf(placeholder: string, made: readonly string[]): string {
  return placeholder.startsWith('made:')
    ? (made[Number(placeholder.slice('made:'.length)) % made.length] ?? placeholder)
    : placeholder;
}

/** The same within parameters. */
function withIds(given: Json | undefined, made: readonly string[]): Json | undefined {
  if (typeof given === 'string') return idOf(given, made);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return Object.fromEntries(Object.entries(given).map(([name, entry]) => [name, withIds(entry, made)]));
}

async function ask(model: KurentoObjects, asked: Request, made: string[]): Promise<void> {
  const { method, sessionId, type, event, operation } = asked;
  const objectId = idOf(asked.objectId, made);
  const given = withIds(asked.params, made);
  if (method === 'create')
    made.push(await model.create(sessionId, { type, constructorParams: given, properties: asked.properties }));
  else if (method === 'describe') model.describe(sessionId, objectId);
  else if (method === 'invoke') expect(await model.invoke(sessionId, objectId, operation, given)).toBeDefined();
  else if (method === 'subscribe') model.subscribe(sessionId, objectId, event);
  else if (method === 'unsubscribe') model.unsubscribe(sessionId, objectId);
  else if (method === 'release') await model.release(objectId);
  else if (method === 'ref') model.ref(sessionId, objectId);
  else model.unref(sessionId, objectId);
}

interface Asked {
  readonly model: KurentoObjects;
  readonly bugs: readonly unknown[];
  /** What there is in the engine and beside it, when no object is left. */
  readonly left: () => unknown;
  /** Called before each request. */
  readonly wait: (turns: number) => void;
}

function objectsOfStubs(): Asked {
  const { model, bugs, rooms } = new TestObjects();
  return { model, bugs, left: () => [...rooms.open], wait: () => {} };
}

function objectsOfElements(): Asked {
  const { model, bugs, engine, elements } = new TestElements();
  return {
    model,
    bugs,
    left: () => [engine.rooms.size, engine.endpoints.size, elements.sizes],
    // The engine takes its time for what is asked of it from now on.
    wait: (turns) => {
      engine.gate = turnsPassed(turns);
    },
  };
}

async function turnsPassed(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe.each([
  ['elements that do nothing', objectsOfStubs],
  ['elements', objectsOfElements],
] as const)('whatever is asked of %s', (_name, open) => {
  it('is done or refused with a KurentoError, and nothing is left when its sessions are closed', async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 40, size: 'max' }), fc.boolean(), async (requests, isAtOnce) => {
        const { model, bugs, left, wait } = open();
        const nothing = left();
        for (const session of ['s', 'other']) model.openSession(session);
        const pipeline = { type: 'MediaPipeline', constructorParams: {}, properties: {} };
        const made = [await model.create('s', pipeline), await model.create('other', pipeline)];
        const answers = requests.map((asked) => async () => {
          try {
            wait(asked.turns);
            await ask(model, asked, made);
            done += 1;
          } catch (error) {
            if (!(error instanceof KurentoError)) throw error;
          }
        });
        if (isAtOnce) await Promise.all(answers.map(async (answer) => answer()));
        else for (const answer of answers) await answer();
        await Promise.all(['s', 'other'].map(async (session) => model.closeSession(session)));
        // What "unref" let go of closes without being waited for.
        wait(0);
        await turnsPassed(10);
        expect(model.sizes).toEqual({ objects: 1, subscriptions: 0, sessions: 0 });
        expect(left()).toEqual(nothing);
        expect(bugs).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(done).toBeGreaterThan(1000);
  });
});
