import { expect, it } from 'vitest';
import { ref } from 'vue';
import { useBlockedSounds } from './use-blocked-sounds.ts';

it('sounds that are held back are so until they are played, or until those are gone whose they are', () => {
  const ids = ref(['a', 'b', 'c']);
  const { isAny, add, clear } = useBlockedSounds(() => ids.value);
  expect(isAny.value).toBe(false);
  add('a');
  add('b');
  ids.value = ['b', 'c'];
  expect(isAny.value).toBe(true);
  ids.value = ['c'];
  expect(isAny.value).toBe(false);
  add('c');
  expect(isAny.value).toBe(true);
  clear();
  expect(isAny.value).toBe(false);
});
