import { milliseconds, monotonicMs } from '@rivero/core';
import { expect, it } from 'vitest';
import { ReceiverEstimate } from './receiver-estimate.ts';

const none = Number.POSITIVE_INFINITY;

/** Told once a second: what it says, what it lost, and its round trip; returns what it takes then. */
function takes(...told: readonly (readonly [bitrate: number, fractionLost: number, roundTripMs?: number])[]): number[] {
  const estimate = new ReceiverEstimate();
  return told.map(([bitrate, fractionLost, roundTripMs], second) => {
    const roundTripTime = roundTripMs === undefined ? undefined : milliseconds(roundTripMs);
    estimate.handle(bitrate, { fractionLost, roundTripTime }, monotonicMs(second * 1_000));
    return Math.round(estimate.takes);
  });
}

it('takes anything, whatever it says, while it loses no more than 2 % and answers in time', () => {
  expect(takes([10_000, 0], [20_000, 0.02], [5_000, 0, 300], [6_000, 0, 499])).toEqual([none, none, none, none]);
});

it('is believed when it loses more, and is given 8 % more each second after that, or what it says', () => {
  expect(takes([1e6, 0.03], [5e5, 0], [5e5, 0], [2e6, 0], [3e5, 0.5])).toEqual([1e6, 1_080_000, 1_166_400, 2e6, 3e5]);
});

it('is believed when its answers wait in a queue for more than 200 ms', () => {
  expect(takes([1e6, 0, 40], [1e6, 0, 240], [9e5, 0, 241], [1e5, 0, 40])).toEqual([none, none, 9e5, 972_000]);
});

it('takes anything again once it is given more than a publisher can be told', () => {
  expect(takes([1e6, 1], [2 ** 30, 0], [2 ** 30, 0])).toEqual([1e6, 2 ** 30, none]);
});
