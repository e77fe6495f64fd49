import { afterEach, expect, it, vi } from 'vitest';
import { chooseSpeaker, recallSpeaker, speaker } from './speaker.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('the chosen speaker is followed, and remembered', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  recallSpeaker();
  expect(speaker.value).toBe(undefined);
  chooseSpeaker('s2');
  expect(speaker.value).toBe('s2');
  expect(kept.get('rivero.speaker')).toBe('s2');
  kept.set('rivero.speaker', 's3');
  recallSpeaker();
  expect(speaker.value).toBe('s3');
});
