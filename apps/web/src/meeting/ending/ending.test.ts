import { describe, expect, it } from 'vitest';
import { endingOf, isDoorClosed } from './ending.ts';

describe('a stay that is over', () => {
  it.each([
    [undefined, 'left'],
    ['removed-by-host', 'removed'],
    ['ended-by-host', 'ended'],
    ['room-locked', 'locked'],
    ['room-full', 'full'],
    ['server-full', 'server-full'],
    ['server-silent', 'lost'],
    ['anything-else', 'lost'],
  ] as const)('because of %s is told as %s', (code, ending) => {
    expect(endingOf(code)).toBe(ending);
  });
});

describe('a refused joining', () => {
  it.each(['room-locked', 'room-full', 'server-full'])('because of %s is a closed door', (code) => {
    expect(isDoorClosed(code)).toBe(true);
  });

  it.each([undefined, 'request-malformed', 'permission-denied', 'server-unreachable'])(
    'because of %s is what the form explains',
    (code) => {
      expect(isDoorClosed(code)).toBe(false);
    },
  );
});
