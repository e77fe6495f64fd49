import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { after, milliseconds, never } from '@rivero/core';
import { Alarms } from './alarms.ts';
import { clock } from './clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function inMs(span: number): ReturnType<typeof clock> {
  return after(clock(), milliseconds(span));
}

it('ring in their order, each once, by one timer', () => {
  const alarms = new Alarms();
  const rung: string[] = [];
  for (const span of [30, 10, 20]) alarms.set(() => void rung.push(`${span}`), inMs(span));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(9);
  expect(rung).toEqual([]);
  vi.advanceTimersByTime(11);
  expect(rung).toEqual(['10', '20']);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(rung).toEqual(['10', '20', '30']);
  expect(vi.getTimerCount()).toBe(0);
});

it('can be moved, taken away, set again while they ring, and stopped', () => {
  const alarms = new Alarms();
  let count = 0;
  const each = (): void => {
    count += 1;
    alarms.set(each, inMs(10));
  };
  alarms.set(each, inMs(10));
  alarms.set(each, inMs(50));
  vi.advanceTimersByTime(49);
  expect(count).toBe(0);
  vi.advanceTimersByTime(21);
  expect(count).toBe(3);
  alarms.delete(each);
  alarms.set(each, never);
  expect(vi.getTimerCount()).toBe(0);
  alarms.set(each, inMs(5));
  alarms.stop();
  vi.advanceTimersByTime(1_000);
  expect(count).toBe(3);
});

it('go on when one of them fails', () => {
  const alarms = new Alarms();
  let isRung = false;
  alarms.set(() => {
    throw new Error('a bug');
  }, inMs(10));
  alarms.set(() => (isRung = true), inMs(10));
  expect(() => vi.advanceTimersByTime(10)).toThrow('a bug');
  vi.advanceTimersByTime(1);
  expect(isRung).toBe(true);
});

it('wait longer than Node’s timers can', () => {
  const alarms = new Alarms();
  let isRung = false;
  alarms.set(() => (isRung = true), inMs(2 ** 31 + 1_000));
  vi.advanceTimersByTime(2 ** 31);
  expect(isRung).toBe(false);
  vi.advanceTimersByTime(1_001);
  expect(isRung).toBe(true);
});
