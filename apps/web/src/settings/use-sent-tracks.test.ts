import type { Room } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, shallowRef } from 'vue';
import { useSentTracks } from './use-sent-tracks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A room whose statistics have a number more each time. */
function countingRoom(): { readonly room: Room; readonly asked: () => number } {
  let count = 0;
  const statistics = async (): Promise<unknown> => {
    count++;
    if (count === 2) throw new Error('Between two connections.');
    return { tracks: [{ direction: 'sent', bitrate: count }, { direction: 'received' }] };
  };
  return { room: { statistics } as object as Room, asked: () => count };
}

describe('what is really sent', () => {
  it('is measured every second, goes on after a failure, and ends with the component', async () => {
    const { room, asked } = countingRoom();
    const joined = shallowRef<Room>();
    const scope = effectScope();
    const tracks = scope.run(() => useSentTracks(() => joined.value));
    expect(tracks?.value).toEqual([]);
    joined.value = room;
    await nextTick();
    await vi.advanceTimersByTimeAsync(0);
    expect(tracks?.value).toEqual([{ direction: 'sent', bitrate: 1 }]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(tracks?.value).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(tracks?.value).toEqual([{ direction: 'sent', bitrate: 3 }]);
    scope.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked()).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });
});
