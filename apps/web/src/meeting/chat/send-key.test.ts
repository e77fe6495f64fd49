import { describe, expect, it } from 'vitest';
import { isSendKey, type SendKey } from './send-key.ts';

const enter: SendKey = {
  key: 'Enter',
  shiftKey: false,
  altKey: false,
  isComposing: false,
  keyCode: 13,
};

describe('a message', () => {
  it('is sent by Enter', () => {
    expect(isSendKey(enter)).toBe(true);
  });

  it.each([
    ['Shift and Enter', { shiftKey: true }],
    ['Alt and Enter', { altKey: true }],
    ['a letter', { key: 'e', keyCode: 69 }],
    ['Enter that chooses characters', { isComposing: true }],
    ['Enter that chose characters (Safari)', { keyCode: 229 }],
  ])('is not sent by %s', (_, keys) => {
    expect(isSendKey({ ...enter, ...keys })).toBe(false);
  });
});
