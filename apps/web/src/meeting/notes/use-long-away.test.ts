import type { RoomState } from '@rivero/sdk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, ref } from 'vue';
import { longAwayMs, useLongAway } from './use-long-away.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('a server is away for long after 15 s without it, until it is back; nothing is left when the page ends', () => {
  const state = ref<RoomState>('connected');
  const page = effectScope();
  const isLongAway = page.run(() => useLongAway({ state }));
  vi.advanceTimersByTime(longAwayMs);
  expect(isLongAway?.value).toBe(false);
  state.value = 'reconnecting';
  vi.advanceTimersByTime(longAwayMs - 1);
  expect(isLongAway?.value).toBe(false);
  vi.advanceTimersByTime(1);
  expect(isLongAway?.value).toBe(true);
  state.value = 'connected';
  expect(isLongAway?.value).toBe(false);
  state.value = 'reconnecting';
  vi.advanceTimersByTime(longAwayMs - 1);
  expect(isLongAway?.value).toBe(false);
  page.stop();
  expect(vi.getTimerCount()).toBe(0);
});
