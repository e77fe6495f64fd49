import { describe, expect, it } from 'vitest';
import { findPeople, orderPeople, type Person } from './person.ts';

function person(name: string, handRaisedAt: number | null = null): Person {
  return {
    id: name,
    name,
    isOwn: false,
    isHost: false,
    isAway: false,
    isMicrophoneOn: false,
    isCameraOn: false,
    isVideoReceived: true,
    isSentTo: true,
    isWithholding: false,
    handRaisedAt,
  };
}

describe('people', () => {
  it('are ordered by raised hands, the longest raised first, and else as they were', () => {
    const people = [person('Ann'), person('Ben', 9), person('Cleo'), person('Dan', 3), person('Eve')];
    expect(orderPeople(people).map(({ name }) => name)).toEqual(['Dan', 'Ben', 'Ann', 'Cleo', 'Eve']);
  });

  it.each([
    ['', ['Ann', 'ÄNNE', '李雷']],
    ['ann', ['Ann']],
    [' änn ', ['ÄNNE']],
    ['雷', ['李雷']],
    ['x', []],
  ])('are found by %j', (query, names) => {
    const people = [person('Ann'), person('ÄNNE'), person('李雷')];
    expect(findPeople(people, query).map(({ name }) => name)).toEqual(names);
  });
});
