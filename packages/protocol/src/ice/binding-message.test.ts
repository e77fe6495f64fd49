import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLocalUfrag } from './index.ts';
import { check } from './test/agents.ts';

describe('readLocalUfrag', () => {
  it.each([
    ['server01:peer', 'server01'],
    ['a:b:c', 'a'],
    [':peer', ''],
    ['a:', 'a'],
    ['no colon', undefined],
    [`${'a'.repeat(511)}:b`, 'a'.repeat(511)],
    [`${'a'.repeat(512)}:b`, undefined],
    [undefined, undefined],
  ])('of the username %s is %s', (username, ufrag) => {
    expect(readLocalUfrag(check({ username }))).toBe(ufrag);
  });

  it('does not ask for integrity, which is the session to judge', () => {
    expect(readLocalUfrag(check({ integrity: 'none' }))).toBe('server01');
    expect(readLocalUfrag(check({ pwd: 'wrong' }))).toBe('server01');
  });

  it('is undefined for all that is no request', () => {
    for (const kind of ['indication', 'success', 'error'] as const)
      expect(readLocalUfrag(check({ class: kind }))).toBeUndefined();
    expect(readLocalUfrag(new Uint8Array(0))).toBeUndefined();
    const bytes = check();
    for (let length = 0; length < bytes.length; length++)
      expect(readLocalUfrag(bytes.subarray(0, length))).toBeUndefined();
  });

  it('never throws on random usernames', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (value) => {
        readLocalUfrag(check({ username: undefined, more: [{ type: 0x0006, value }] }));
      }),
      { numRuns: 200 },
    );
  });
});
