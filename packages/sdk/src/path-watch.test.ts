import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { blockedAfterMs, PathWatch, restartAfterMs } from './path-watch.ts';

let told: string[];
let watch: PathWatch;

function become(connectionState: string, iceConnectionState = connectionState): void {
  watch.follow({ connectionState, iceConnectionState } as RTCPeerConnection);
}

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  watch = new PathWatch({ onState: (state) => told.push(state), restartIce: () => told.push('restart') });
});

afterEach(() => {
  watch.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('the path of media', () => {
  it('that is found in time is told, and nothing is restarted', () => {
    watch.start();
    vi.advanceTimersByTime(blockedAfterMs - 1);
    become('connected');
    vi.advanceTimersByTime(10 * blockedAfterMs);
    expect(told).toEqual(['connected']);
  });

  it('that is not found is blocked after 10 s, and looked for again every 10 s', () => {
    watch.start();
    vi.advanceTimersByTime(blockedAfterMs);
    expect(told).toEqual(['blocked', 'restart']);
    vi.advanceTimersByTime(blockedAfterMs);
    expect(told).toEqual(['blocked', 'restart', 'blocked', 'restart']);
    become('connected');
    expect(told.at(-1)).toBe('connected');
  });

  it('that there is no address to try from is blocked at once, and looked for again as always', () => {
    watch.start();
    watch.handleNoCandidates();
    expect(told).toEqual(['blocked']);
    become('failed');
    expect(told).toEqual(['blocked', 'restart']);
    vi.advanceTimersByTime(blockedAfterMs);
    expect(told.at(-1)).toBe('restart');
    become('connected');
    watch.handleNoCandidates();
    expect(told.at(-1)).toBe('connected');
  });

  it('that fails at once, again and again, is blocked after 10 s all the same, and restarted every 2 s at most', () => {
    watch.start();
    for (let ms = 0; ms < blockedAfterMs; ms += 100) {
      become('failed');
      vi.advanceTimersByTime(100);
    }
    expect(told.filter((each) => each === 'restart').length).toBeLessThanOrEqual(blockedAfterMs / restartAfterMs + 1);
    expect(told).toContain('blocked');
    told.length = 0;
    become('failed');
    expect(told).toEqual([]);
  });

  it('that breaks is given 2 s to come back by itself; one that failed is restarted at once', () => {
    become('connected');
    become('disconnected');
    vi.advanceTimersByTime(restartAfterMs - 1);
    expect(told).toEqual(['connected', 'disconnected']);
    vi.advanceTimersByTime(1);
    expect(told.at(-1)).toBe('restart');
    become('connected');
    become('connecting', 'failed');
    expect(told.slice(-2)).toEqual(['disconnected', 'restart']);
  });
});
