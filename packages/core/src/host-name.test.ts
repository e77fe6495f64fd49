import { describe, expect, it } from 'vitest';
import { isHostName } from './host-name.ts';

describe('host names', () => {
  it.each(['a', 'turn.example.org', 'my_host.local', 'xn--bcher-kva.example', 'a-b.c-d', `${'a'.repeat(63)}.org`])(
    '%s is one',
    (text) => {
      expect(isHostName(text)).toBe(true);
    },
  );

  it.each(['', '.', 'a.', '.a', 'a..b', '-a', 'a-', 'A', 'a b', 'a/b', 'a:1', '[::1]', `${'a'.repeat(64)}.org`])(
    '%j is none',
    (text) => {
      expect(isHostName(text)).toBe(false);
    },
  );

  it('has 253 characters at most', () => {
    const labels = `${'a.'.repeat(126)}a`;
    expect(labels).toHaveLength(253);
    expect(isHostName(labels)).toBe(true);
    expect(isHostName(`b${labels}`)).toBe(false);
  });
});
