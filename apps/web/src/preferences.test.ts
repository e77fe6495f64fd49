import { afterEach, describe, expect, it, vi } from 'vitest';
import { recall, remember } from './preferences.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('preferences', () => {
  it('are remembered one by one', () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    });
    expect(recall('name')).toBe(undefined);
    remember('name', 'Ann');
    expect(recall('name')).toBe('Ann');
    expect(recall('language')).toBe(undefined);
  });

  it('are none where the browser keeps nothing for this site', () => {
    const refuse = (): never => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
    remember('name', 'Ann');
    expect(recall('name')).toBe(undefined);
  });
});
