import { CodedError } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { type OwnHand, useOwnHand } from './use-own-hand.ts';
import { type Reactions, reactionShownMs, reactionsShownMax, useReactions } from './use-reactions.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

const onLowered = vi.fn();
let meeting: Meeting;
let reactions: Reactions;
let hand: OwnHand;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('window', {});
  onLowered.mockClear();
  const page = openPage((meeting) => ({ reactions: useReactions(meeting), hand: useOwnHand(meeting, onLowered) }));
  ({ meeting } = page);
  ({ reactions, hand } = page.inside);
  await meeting.join(ann);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a reaction', () => {
  it('of somebody else is seen for 4 s', () => {
    scene.room.fire('reaction', 'clap', { participantId: 'b', name: 'Ben' });
    expect(reactions.shown.value).toMatchObject([{ reaction: 'clap', name: 'Ben', tileId: 'b' }]);
    vi.advanceTimersByTime(reactionShownMs - 1);
    expect(reactions.shown.value).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(reactions.shown.value).toEqual([]);
  });

  it('of ours is seen by us too, once the server has it', async () => {
    await reactions.react('heart');
    expect(scene.room.calls).toEqual(['react heart']);
    expect(reactions.shown.value).toMatchObject([{ reaction: 'heart', name: undefined, tileId: 'own' }]);
    scene.room.refusal = new CodedError('rate-limited', '');
    await reactions.react('heart');
    expect(reactions.shown.value).toHaveLength(1);
    expect(meeting.problem.value?.code).toBe('rate-limited');
  });

  it('is seen beside at most 11 others', () => {
    for (let i = 0; i <= reactionsShownMax; i++) scene.room.fire('reaction', 'party', { name: `${i}` });
    expect(reactions.shown.value).toHaveLength(reactionsShownMax);
    expect(reactions.shown.value[0]?.name).toBe('1');
    vi.advanceTimersByTime(reactionShownMs);
    expect(reactions.shown.value).toEqual([]);
  });
});

describe('our own hand', () => {
  it('is raised and lowered by us without a word', async () => {
    await hand.setRaised(true);
    expect(hand.isRaised.value).toBe(true);
    await hand.setRaised(false);
    expect(hand.isRaised.value).toBe(false);
    expect(scene.room.calls).toEqual(['raise hand', 'lower hand']);
    expect(onLowered).not.toHaveBeenCalled();
  });

  it('that a host lowered is told', async () => {
    await hand.setRaised(true);
    scene.room.fire('handChanged', null);
    expect(hand.isRaised.value).toBe(false);
    expect(onLowered).toHaveBeenCalledOnce();
  });
});
