import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  forgetHostToken,
  hostEntry,
  hostLink,
  readHostToken,
  recallHostToken,
  rememberHostToken,
} from './host-token.ts';

const hour = 3_600_000;
let stored: Map<string, string>;

beforeEach(() => {
  stored = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the host link', () => {
  it('carries the token where no server reads it', () => {
    const link = hostLink('https://a.example/meet/room', 'x_y-Z9');
    expect(link).toBe('https://a.example/meet/room#host=x_y-Z9');
    expect(readHostToken(new URL(link).hash)).toBe('x_y-Z9');
  });

  it.each(['', '#', '#host=', '#host=a b', '#host=<b>', `#host=${'x'.repeat(129)}`, '#other=x'])(
    'is none with %j behind it',
    (hash) => {
      expect(readHostToken(hash)).toBe(undefined);
    },
  );
});

describe('the token of a room', () => {
  it('is kept for 12 hours', () => {
    rememberHostToken('a', 'token', 0);
    expect(recallHostToken('a', 12 * hour - 1)).toBe('token');
    expect(recallHostToken('a', 12 * hour)).toBe(undefined);
    expect(recallHostToken('b', 0)).toBe(undefined);
  });

  it('is what one joins with', () => {
    expect(hostEntry('a', 0)).toEqual({});
    rememberHostToken('a', 'token', 0);
    expect(hostEntry('a', 0)).toEqual({ hostToken: 'token' });
  });

  it('is the last one, until it is forgotten', () => {
    rememberHostToken('a', 'one', 0);
    rememberHostToken('b', 'other', 0);
    rememberHostToken('a', 'two', 1);
    expect(recallHostToken('a', 1)).toBe('two');
    forgetHostToken('a', 1);
    expect(recallHostToken('a', 1)).toBe(undefined);
    expect(recallHostToken('b', 1)).toBe('other');
  });

  it('is kept for the last 20 rooms', () => {
    for (let i = 0; i <= 20; i++) rememberHostToken(`room${i}`, 'token', i);
    expect(recallHostToken('room0', 20)).toBe(undefined);
    expect(recallHostToken('room1', 20)).toBe('token');
  });

  it.each(['{', '7', '[1, null, {"room": "a"}]', '{"room":"a","token":"t","at":0}'])('is none in %s', (text) => {
    stored.set('rivero.hostTokens', text);
    expect(recallHostToken('a', 0)).toBe(undefined);
  });
});
