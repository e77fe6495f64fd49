import { milliseconds, monotonicMs } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { FrameJudge } from './frame-judge.ts';
import { readFrameMark, SyntheticVideo } from './synthetic-video.ts';

const patience = milliseconds(500);

/** Frames every 40 ms; `edit` may drop or delay payloads: it answers when each arrives, or undefined. */
function watch(frames: number, edit: (frame: number, packet: number) => number | undefined): FrameJudge {
  const video = new SyntheticVideo();
  const arrivals: { at: number; payload: Uint8Array }[] = [];
  for (let frame = 0; frame < frames; frame++) {
    if (frame === 50) video.requestKeyframe();
    for (const [packet, payload] of video.nextFrame(monotonicMs(frame * 40)).entries()) {
      const delay = edit(frame, packet);
      if (delay !== undefined) arrivals.push({ at: frame * 40 + delay, payload });
    }
  }
  const judge = new FrameJudge();
  for (const { at, payload } of arrivals.sort((a, b) => a.at - b.at)) judge.handlePayload(payload, monotonicMs(at));
  return judge;
}

const all = [monotonicMs(0), monotonicMs(4_000)] as const;

describe('FrameJudge', () => {
  it('sees every frame of an undisturbed video', () => {
    const verdict = watch(100, () => 10).verdict(...all, patience);
    expect(verdict).toEqual({ whole: 100, shown: 100, missed: [], longestFreeze: 40, longestDelay: 10 });
  });

  it('shows a repaired frame and those that waited for it', () => {
    const verdict = watch(100, (frame, packet) => (frame === 7 && packet === 1 ? 150 : 10)).verdict(...all, patience);
    expect(verdict.shown).toBe(100);
    expect(verdict.longestFreeze).toBe(180);
    expect(verdict.longestDelay).toBe(150);
  });

  it('stands still from a lost packet to the next keyframe, and says which frames were missed', () => {
    const verdict = watch(100, (frame, packet) => (frame === 30 && packet === 0 ? undefined : 10)).verdict(
      ...all,
      patience,
    );
    expect(verdict.shown).toBe(80);
    expect(verdict.longestFreeze).toBe(21 * 40);
    // Frame 50 was shown 10 ms after it was sent: frames within 500 ms before that were superseded in time.
    expect(verdict.missed).toEqual([30, 31, 32, 33, 34, 35, 36, 37]);
  });

  it('calls a video of which nothing comes one long freeze', () => {
    expect(watch(0, () => 0).verdict(...all, patience)).toMatchObject({ shown: 0, longestFreeze: 4_000 });
  });

  it('reads only its own marks', () => {
    expect(readFrameMark(new Uint8Array(999))).toBeUndefined();
  });
});
