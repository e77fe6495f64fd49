import { KurentoError } from '../kurento-error.ts';
import { complexValue } from '../schema/complex-value.ts';
import type { JsonRecord } from './arguments.ts';
import type { Operations } from './kurento-object.ts';
import { nameLengthMax } from './object-limits.ts';
import type { RegisteredObject } from './registered-object.ts';

/** What every object does. */
export function mediaObjectOperations(object: RegisteredObject, tagsMax: number): Operations {
  return {
    getId: () => object.id,
    getName: () => object.name,
    setName: (args) => {
      object.name = shortText('name', args.string('name'));
    },
    getParent: () => object.parent?.id ?? null,
    getMediaPipeline: () => object.pipeline?.id ?? null,
    getChildren: () => [...object.children].map(({ id }) => id),
    getCreationTime: () => Math.floor(object.createdAt / 1000),
    getSendTagsInEvents: () => object.sendsTagsInEvents,
    setSendTagsInEvents: (args) => {
      object.sendsTagsInEvents = args.boolean('sendTagsInEvents');
    },
    addTag: (args) => {
      const key = shortText('key', args.string('key'));
      if (!object.tags.has(key) && object.tags.size >= tagsMax) {
        throw new KurentoError('NOT_ENOUGH_RESOURCES', `An object has ${tagsMax} tags at most`);
      }
      object.tags.set(key, shortText('value', args.string('value')));
    },
    removeTag: (args) => {
      object.tags.delete(args.string('key'));
    },
    getTag: (args) => {
      const value = object.tags.get(args.string('key'));
      if (value === undefined) throw new KurentoError('MEDIA_OBJECT_TAG_KEY_NOT_FOUND', 'Tag key not found');
      return value;
    },
    getTags: () => tagsOf(object),
  };
}

/** The tags of an object as values of the API, in the order in which they were added. */
export function tagsOf(object: RegisteredObject): readonly JsonRecord[] {
  return [...object.tags].map(([key, value]) => complexValue('Tag', { key, value }));
}

function shortText(name: string, text: string): string {
  if (text.length <= nameLengthMax) return text;
  throw new KurentoError(
    'MEDIA_OBJECT_ILLEGAL_PARAM_ERROR',
    `'${name}' parameter has more than ${nameLengthMax} characters`,
  );
}
