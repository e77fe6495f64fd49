import { beforeEach, describe, expect, it } from 'vitest';
import { SpeechWatch } from './speech-watch.ts';

let watch: SpeechWatch;
let now: number;

beforeEach(() => {
  watch = new SpeechWatch();
  now = 1_000_000;
});

/** Looks every 100 ms; after how many milliseconds it was told. */
function hear(level: number, ms: number): number | undefined {
  const begin = now;
  for (const end = now + ms; now < end;) {
    now += 100;
    if (watch.look(level, now)) return now - begin;
  }
  return undefined;
}

describe('speaking while muted', () => {
  it('is told after 600 ms of speech', () => {
    watch.look(0.7, now);
    expect(hear(0.7, 3_000)).toBe(600);
  });

  it('is not told for silence, the noise of a room, or a cough', () => {
    watch.look(0, now);
    expect(hear(0, 5_000)).toBe(undefined);
    expect(hear(0.41, 5_000)).toBe(undefined);
    expect(hear(0.9, 500)).toBe(undefined);
    expect(hear(0, 1_000)).toBe(undefined);
    expect(hear(0.9, 500)).toBe(undefined);
  });

  it('is told through the pauses between words', () => {
    watch.look(0, now);
    const told: unknown[] = [];
    for (let word = 0; word < 4; word++) told.push(hear(0.6, 300), hear(0.1, 200));
    expect(told.filter((ms) => ms !== undefined)).toHaveLength(1);
  });

  it('is told again after 30 s, and not before', () => {
    watch.look(0.7, now);
    hear(0.7, 600);
    expect(hear(0.7, 29_900)).toBe(undefined);
    expect(hear(0.7, 1_000)).toBeLessThanOrEqual(100);
  });

  it('is not taken for what was said before unmuting', () => {
    watch.look(0.7, now);
    hear(0.7, 500);
    watch.forget();
    expect(hear(0.7, 600)).toBe(undefined);
  });

  it('counts no time in which nobody looked', () => {
    watch.look(0.7, now);
    now += 60_000;
    expect(watch.look(0.7, now)).toBe(false);
  });
});
