import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetRoom, forgetRooms, recallRooms, recentRoomsMax, rememberRoom } from './recent-rooms.ts';

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('recent rooms', () => {
  it('are there with the latest first, each once', () => {
    rememberRoom('a', 1);
    rememberRoom('b', 2);
    rememberRoom('a', 3);
    expect(recallRooms()).toEqual([
      { room: 'a', at: 3 },
      { room: 'b', at: 2 },
    ]);
  });

  it(`are ${recentRoomsMax} at most: the oldest goes`, () => {
    for (let at = 0; at <= recentRoomsMax; at++) rememberRoom(`room-${at}`, at);
    expect(recallRooms()).toHaveLength(recentRoomsMax);
    expect(recallRooms().map(({ room }) => room)).not.toContain('room-0');
  });

  it('are forgotten one by one, or all', () => {
    for (const room of ['a', 'b', 'c']) rememberRoom(room, 1);
    forgetRoom('b');
    expect(recallRooms().map(({ room }) => room)).toEqual(['c', 'a']);
    forgetRooms();
    expect(recallRooms()).toEqual([]);
    expect(kept.size).toBe(0);
  });

  it.each([
    'no JSON',
    '7',
    'null',
    '{"room":"a","at":1}',
    '["a"]',
    '[null]',
    '[{"room":"../a","at":1}]',
    '[{"room":"a","at":"1"}]',
    '[{"room":"a","at":9e15}]',
  ])('pass over what no such list holds: %s', (text) => {
    kept.set('rivero.recentRooms', text);
    expect(recallRooms()).toEqual([]);
  });

  it('are none where the browser keeps nothing', () => {
    const refuse = (): never => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
    rememberRoom('a', 1);
    forgetRooms();
    expect(recallRooms()).toEqual([]);
  });
});
