import { expect, it } from 'vitest';
import { isComposing } from './composing.ts';

it.each([
  [{ isComposing: true, keyCode: 27 }, true],
  [{ isComposing: false, keyCode: 229 }, true],
  [{ isComposing: false, keyCode: 27 }, false],
])('a key with %j belongs to the input method: %s', (key, expected) => {
  expect(isComposing(key)).toBe(expected);
});
