import type { ClientEvents } from '@rivero/api';
import { after, milliseconds, monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import {
  chatRate,
  entryRate,
  handRate,
  iceServersRate,
  moderationRate,
  negotiateRate,
  reactionRate,
  RequestLimits,
} from './request-limits.ts';

const start = monotonicMs(1_000);

describe.each([
  ['join', entryRate],
  ['resume', entryRate],
  ['negotiate', negotiateRate],
  ['send-chat', chatRate],
  ['react', reactionRate],
  ['set-hand', handRate],
  ['ice-servers', iceServersRate],
  ['lock-room', moderationRate],
  ['set-relay-only', moderationRate],
  ['remove-participant', moderationRate],
  ['ask-to-mute', moderationRate],
  ['lower-hand', moderationRate],
  ['lower-all-hands', moderationRate],
  ['end-room', moderationRate],
] as const satisfies readonly (readonly [keyof ClientEvents, object])[])('%s', (name, { burstMax, perSecond }) => {
  it(`may be asked ${burstMax} times at once and ${perSecond} a second for long`, () => {
    const limits = new RequestLimits(start);
    for (let i = 0; i < burstMax; i++) expect(limits.judge(name, start)).toBe('done');
    expect(limits.judge(name, start)).toBe('refused');
    let done = 0;
    for (let ms = 100; ms <= 10_000; ms += 100) {
      if (limits.judge(name, after(start, milliseconds(ms))) === 'done') done += 1;
    }
    expect(Math.abs(done - 10 * perSecond)).toBeLessThanOrEqual(1);
  });

  it('that is asked too often leaves the others alone', () => {
    const limits = new RequestLimits(start);
    for (let i = 0; i <= burstMax; i++) limits.judge(name, start);
    expect(limits.judge('set-muted', start)).toBe('done');
    expect(limits.judge('leave', start)).toBe('done');
    const other = name === 'send-chat' ? 'react' : 'send-chat';
    expect(limits.judge(other, start)).toBe('done');
  });
});
