import { describe, expect, it } from 'vitest';
import { actionOf, type Focus, focusOf, type KeyPress } from './key-press.ts';
import { keyOf, shortcuts } from './shortcuts.ts';

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  const plain = { ctrlKey: false, altKey: false, metaKey: false, repeat: false, isComposing: false };
  return { key, code: '', ...plain, defaultPrevented: false, ...more };
}

/** An element inside others, as selectors name them. */
function within(...ancestors: readonly string[]): Pick<Element, 'closest'> {
  return {
    closest: (selectors: string) =>
      ancestors.some((selector) => selectors.split(', ').includes(selector)) ? ({} as Element) : null,
  };
}

describe('a key', () => {
  it.each([
    ['m', 'microphone'],
    ['M', 'microphone'],
    ['v', 'camera'],
    ['d', 'share'],
    ['c', 'chat'],
    ['p', 'people'],
    ['w', 'layout'],
    ['s', 'fullScreen'],
    ['r', 'hand'],
    ['?', 'help'],
    [' ', 'talk'],
    ['Escape', 'close'],
  ])('%j means %s', (key, action) => {
    expect(actionOf(press(key), 'free')).toBe(action);
  });

  it.each([
    ['ь', 'KeyM', 'microphone'],
    ['м', 'KeyV', 'camera'],
    // Where letters are Latin ones they count, wherever they stand.
    ['q', 'KeyM', undefined],
    ['Process', 'KeyM', undefined],
  ])('%j at %s means %s', (key, code, action) => {
    expect(actionOf(press(key, { code }), 'free')).toBe(action);
  });

  it.each(['ctrlKey', 'altKey', 'metaKey', 'repeat', 'isComposing', 'defaultPrevented'])(
    'with %s means nothing',
    (flag) => {
      expect(actionOf(press('m', { [flag]: true }), 'free')).toBe(undefined);
    },
  );

  it.each(['field', 'overlay'] satisfies readonly Focus[])('means nothing in a %s', (focus) => {
    for (const key of ['m', ' ', '?', 'Escape']) expect(actionOf(press(key), focus)).toBe(undefined);
  });

  it('Space presses the button that has the focus, other keys do not', () => {
    expect(actionOf(press(' '), 'button')).toBe(undefined);
    expect(actionOf(press('m'), 'button')).toBe('microphone');
  });

  it('has one meaning', () => {
    expect(new Set(shortcuts.map(({ key }) => key)).size).toBe(shortcuts.length);
    expect(new Set(shortcuts.map(({ action }) => action)).size).toBe(shortcuts.length);
    expect(keyOf('chat')).toBe('C');
  });
});

describe('the focus', () => {
  it.each([
    ['field', ['textarea']],
    ['field', ['input', '[role="dialog"]']],
    ['overlay', ['button', '[role="dialog"]']],
    ['overlay', ['[role="menu"]']],
    ['button', ['button']],
    ['free', ['main']],
  ] as const)('is %s within %j', (focus, ancestors) => {
    expect(focusOf(within(...ancestors))).toBe(focus);
  });

  it('is free when nothing has it', () => {
    expect(focusOf(undefined)).toBe('free');
  });
});
