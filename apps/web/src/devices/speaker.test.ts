import { afterEach, expect, it, vi } from 'vitest';
import { chooseSpeaker, speaker } from './speaker.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('the chosen speaker is followed at once, and remembered', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', { setItem: (key: string, value: string) => void kept.set(key, value) });
  expect(speaker.value).toBe(undefined);
  chooseSpeaker('s2');
  expect(speaker.value).toBe('s2');
  expect(kept.get('rivero.speaker')).toBe('s2');
});
