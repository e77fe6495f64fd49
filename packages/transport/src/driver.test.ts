import { type MonotonicMs, monotonicMs, never } from '@rivero/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Driver, monotonicNow } from './driver.ts';

/** Something that wants to be called at the times it is given. */
class Driven {
  readonly deadlines: MonotonicMs[];
  readonly calledAt: number[] = [];

  constructor(deadlines: readonly number[]) {
    this.deadlines = deadlines.map((deadline) => monotonicMs(monotonicNow() + deadline));
  }

  handleTimeout(now: MonotonicMs): void {
    this.calledAt.push(now);
    while (this.deadline() <= now) this.deadlines.shift();
  }

  deadline(): MonotonicMs {
    return this.deadlines[0] ?? never;
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('Driver', () => {
  it('calls at each deadline and sleeps when there is none', () => {
    const start = monotonicNow();
    const driven = new Driven([100, 250]);
    new Driver(driven).arm();
    vi.advanceTimersByTime(1_000);
    expect(driven.calledAt.map((at) => at - start)).toEqual([100, 250]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not woken before a deadline between two milliseconds, only to wait for the rest of it', () => {
    const start = monotonicNow();
    const driven = new Driven([10.4, 30.6]);
    new Driver(driven).arm();
    vi.advanceTimersByTime(100);
    expect(driven.calledAt.map((at) => at - start)).toEqual([11, 31]);
  });

  it('keeps one timer, for the earliest deadline', () => {
    const start = monotonicNow();
    const driven = new Driven([500]);
    const driver = new Driver(driven);
    driver.arm();
    driven.deadlines.unshift(monotonicMs(start + 50));
    driver.arm();
    driver.arm();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(60);
    expect(driven.calledAt.map((at) => at - start)).toEqual([50]);
  });

  it('keeps the timer of a deadline that moves away, and waits for the rest when it wakes', () => {
    const start = monotonicNow();
    const driven = new Driven([50]);
    const driver = new Driver(driven);
    driver.arm();
    for (const later of [80, 120, 200]) {
      driven.deadlines[0] = monotonicMs(start + later);
      driver.arm();
    }
    vi.advanceTimersByTime(1_000);
    expect(driven.calledAt.map((at) => at - start)).toEqual([50, 200]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wakes at least once a day, because timers hold no more than 2^31 ms', () => {
    const driven = new Driven([40 * 24 * 3_600_000]);
    new Driver(driven).arm();
    vi.advanceTimersByTime(39 * 24 * 3_600_000);
    expect(driven.calledAt).toHaveLength(39);
  });

  it('calls no more once it is stopped', () => {
    const driven = new Driven([10]);
    const driver = new Driver(driven);
    driver.arm();
    driver.stop();
    vi.advanceTimersByTime(100);
    expect(driven.calledAt).toEqual([]);
  });
});
