import { describe, expect, it, vi } from 'vitest';
import { hueOf, initialsOf } from './avatar.ts';

describe('an avatar', () => {
  it.each([
    ['Ann', 'A'],
    ['ann lee', 'AL'],
    ['  Maria del Carmen Ruiz ', 'MR'],
    ['李', '李'],
    ['欧阳娜娜', '娜娜'],
    ['Éva', 'É'],
    ['👩‍👧 Family', '👩‍👧F'],
    ['', ''],
  ])('of %j says %j', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it('has initials in Firefox 121, too, which cuts no text into letters', async () => {
    vi.resetModules();
    vi.stubGlobal('Intl', {});
    const young = await import('./avatar.ts');
    vi.unstubAllGlobals();
    expect(['ann lee', '欧阳娜娜', '👩 Family'].map(young.initialsOf)).toEqual(['AL', '娜娜', '👩F']);
  });

  it('has always the same colour for a name, and different ones for like names', () => {
    expect(hueOf('Ann')).toBe(hueOf('Ann'));
    const hues = ['Ann', 'Anne', 'Bob', 'Bop', '李', '王', ''].map(hueOf);
    expect(new Set(hues).size).toBe(hues.length);
    expect(hues.every((hue) => hue >= 0 && hue <= 360)).toBe(true);
  });
});
