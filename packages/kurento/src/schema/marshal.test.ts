import { describe, expect, it } from 'vitest';
import { KurentoError } from '../kurento-error.ts';
import type { Json } from '../model.ts';
import type { KurentoObject } from '../objects/kurento-object.ts';
import { optional, type ParameterDescription, required } from './description.ts';
import { listLengthMax, marshal, textLengthMax } from './marshal.ts';

const element: KurentoObject = {
  id: 'e',
  type: 'PassThrough',
  parent: undefined,
  pipeline: undefined,
  isReleased: false,
  raise: () => {},
};

function findObject(id: string, className: string): KurentoObject {
  if (id !== 'e') throw new KurentoError('MEDIA_OBJECT_NOT_FOUND', `Object '${id}' not found: ${className}`);
  return element;
}

function read(type: string, given: Json | undefined): unknown {
  const args = marshal(required({ x: type }), given === undefined ? {} : { x: given }, findObject);
  if (['int', 'int64', 'float', 'double'].includes(type)) return args.number('x');
  return type === 'boolean' ? args.boolean('x') : args.string('x');
}

const shouldBe = (kind: string): string => `'x' parameter should be a ${kind}`;

describe('marshal', () => {
  it.each([
    ['String', 'a', 'a'],
    ['String', '', ''],
    ['String', 7, '7'],
    ['String', true, 'true'],
    ['boolean', false, false],
    ['boolean', 0, false],
    ['boolean', 2, true],
    ['int', 7, 7],
    ['int', 7.9, 7],
    ['int', -0.5, 0],
    ['int', true, 1],
    ['int', 2 ** 31 - 1, 2 ** 31 - 1],
    ['int64', 2 ** 40, 2 ** 40],
    ['float', 0.5, 0.5],
    ['double', false, 0],
    ['MediaType', 'DATA', 'DATA'],
  ] as const)('takes as %s: %j', (type, given, value) => {
    expect(read(type, given)).toBe(value);
  });

  it.each([
    ['String', undefined, shouldBe('string')],
    ['String', null, shouldBe('string')],
    ['String', {}, shouldBe('string')],
    ['String', ['a'], shouldBe('string')],
    ['String', 'x'.repeat(textLengthMax + 1), `'x' parameter has more than ${textLengthMax} characters`],
    ['boolean', undefined, shouldBe('boolean')],
    ['boolean', 'true', shouldBe('boolean')],
    ['int', undefined, shouldBe('integer')],
    ['int', '7', shouldBe('integer')],
    ['int', 2 ** 31, shouldBe('integer')],
    ['int', Number.POSITIVE_INFINITY, shouldBe('integer')],
    ['int64', 2 ** 60, shouldBe('integer')],
    ['float', '0.5', shouldBe('double')],
    ['float', Number.NEGATIVE_INFINITY, shouldBe('double')],
    ['MediaType', 'FOO', "Invalid value for 'MediaType'"],
    ['MediaType', 1, "Invalid value for 'MediaType'"],
    ['MediaType', undefined, shouldBe('string')],
    ['MediaElement', undefined, shouldBe('string')],
    ['IceCandidate', 'candidate:1', shouldBe('object')],
    ['IceCandidate', [], shouldBe('object')],
    ['IceCandidate', null, shouldBe('object')],
    ['Tag[]', {}, shouldBe('list')],
  ] as const)('refuses as %s: %j', (type, given, message) => {
    expect(() => read(type, given)).toThrow(expect.objectContaining({ type: 'MARSHALL_ERROR', message }));
  });

  it('takes texts of the greatest length', () => {
    expect(read('String', 'x'.repeat(textLengthMax))).toHaveLength(textLengthMax);
  });

  it('finds objects, and refuses as whoever looks for them', () => {
    expect(marshal(required({ sink: 'MediaElement' }), { sink: 'e' }, findObject).object('sink')).toBe(element);
    expect(() => marshal(required({ sink: 'MediaElement' }), { sink: 7 }, findObject)).toThrow(
      "Object '7' not found: MediaElement",
    );
  });

  const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };

  it.each([
    candidate,
    { ...candidate, __type__: 'IceCandidate', __module__: 'kurento' },
    { ...candidate, sdpMLineIndex: 0.0, usernameFragment: 'abcd' },
  ])('takes of a record what its type has: %j', (given) => {
    expect(
      marshal(required({ candidate: 'IceCandidate' }), { candidate: given }, findObject).record('candidate'),
    ).toEqual(candidate);
  });

  it('refuses a record without what it has to have', () => {
    const given = { candidate: { candidate: 'candidate:1', sdpMLineIndex: 0 } };
    expect(() => marshal(required({ candidate: 'IceCandidate' }), given, findObject)).toThrow(
      "'sdpMid' parameter should be a string",
    );
  });

  it('finds an object by its id in what its client keeps of it, as the official one sends a port of a hub', () => {
    const sent = { id: 'e', _events: {}, _domain: null };
    expect(marshal(required({ source: 'HubPort' }), { source: sent }, findObject).object('source')).toBe(element);
    for (const given of [{}, { id: {} }, JSON.parse('{"__proto__":{"id":"e"}}')]) {
      const request = (): unknown => marshal(required({ source: 'HubPort' }), { source: given }, findObject);
      expect(request).toThrow("'source' parameter should be a string");
    }
  });

  it('puts no defaults into records', () => {
    const args = marshal(required({ rembParams: 'RembParams' }), { rembParams: { upLosses: 3 } }, findObject);
    expect(args.record('rembParams')).toEqual({ upLosses: 3 });
  });

  it('takes lists and records within records', () => {
    const caps = { codec: 'VP8', framerate: { numerator: 30, denominator: 1 } };
    expect(marshal(required({ caps: 'VideoCaps' }), { caps }, findObject).record('caps')).toEqual(caps);
    expect(() =>
      marshal(
        required({ tags: 'Tag[]' }),
        { tags: Array.from({ length: listLengthMax + 1 }, () => candidate) },
        findObject,
      ),
    ).toThrow(`'tags' parameter has more than ${listLengthMax} entries`);
  });

  const optionals: readonly ParameterDescription[] = [
    optional('mediaType', 'MediaType'),
    optional('sink', 'MediaElement'),
    optional('ordered', 'boolean', true),
    optional('crypto', 'SDES', {}),
  ];

  it.each([{}, undefined, null, 7, [], { mediaType: null, sink: null, ordered: null, crypto: null }])(
    'fills in what is left out: %j',
    (given) => {
      const args = marshal(optionals, given, findObject);
      expect(args.has('mediaType')).toBe(false);
      expect(args.has('sink')).toBe(false);
      expect(args.boolean('ordered')).toBe(true);
      expect(args.record('crypto')).toEqual({});
    },
  );

  it('is not misled by names that every object has', () => {
    const given: Json = JSON.parse('{"__proto__":{"x":"a"},"constructor":"b"}');
    expect(() => marshal(required({ x: 'String' }), given, findObject)).toThrow(shouldBe('string'));
    expect(() => marshal(required({ toString: 'String' }), {}, findObject)).toThrow("'toString' parameter");
  });
});
