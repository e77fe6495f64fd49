import { afterEach, describe, expect, it, vi } from 'vitest';
import { forget, recall, remember } from './preferences.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('preferences', () => {
  it('are remembered one by one', () => {
    const kept = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    });
    expect(recall('name')).toBe(undefined);
    remember('name', 'Ann');
    expect(recall('name')).toBe('Ann');
    expect(recall('language')).toBe(undefined);
    forget('name');
    expect(recall('name')).toBe(undefined);
  });

  it('are none where the browser keeps nothing for this site', () => {
    const refuse = (): never => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
    remember('name', 'Ann');
    forget('name');
    expect(recall('name')).toBe(undefined);
  });
});
