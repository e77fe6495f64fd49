import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadOrReload } from './load-or-reload.ts';

const stored = new Map<string, string>();
const reload = vi.fn();
const refused = vi.fn();

beforeEach(() => {
  stored.clear();
  reload.mockClear();
  refused.mockClear();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('document', { documentElement: { setAttribute: refused } });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const fail = (): Promise<never> => Promise.reject(new TypeError('not there'));

it('a part that does not come loads the page once more, and then says so', async () => {
  expect(await loadOrReload(fail)).toBe(false);
  expect(reload).toHaveBeenCalledTimes(1);
  expect(refused).not.toHaveBeenCalled();
  expect(await loadOrReload(fail)).toBe(false);
  expect(reload).toHaveBeenCalledTimes(1);
  expect(refused).toHaveBeenCalledWith('data-refused', 'not-loaded');
});

it('a part that came may fail another time', async () => {
  await loadOrReload(fail);
  expect(await loadOrReload(async () => 'there')).toBe(true);
  await loadOrReload(fail);
  expect(reload).toHaveBeenCalledTimes(2);
});

it('a browser that keeps nothing does not load the page again: it might never end', async () => {
  vi.stubGlobal('sessionStorage', undefined);
  expect(await loadOrReload(fail)).toBe(false);
  expect(reload).not.toHaveBeenCalled();
  expect(refused).toHaveBeenCalledWith('data-refused', 'not-loaded');
});
