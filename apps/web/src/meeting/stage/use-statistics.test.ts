import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shallowRef } from 'vue';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import { useStatistics } from './use-statistics.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  vi.stubGlobal('window', {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('statistics', () => {
  it('are asked for every two seconds, and no more once nobody looks', async () => {
    const looking = shallowRef<Readonly<{ value: unknown }>>();
    const { meeting, close } = openPage((opened) => {
      looking.value = useStatistics(opened);
      return opened;
    });
    await meeting.join(ann);
    let count = 0;
    scene.room.statistics = async () => ({ at: (count += 1) });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(looking.value?.value).toEqual({ at: 1 });
    scene.room.statistics = () => Promise.reject(new Error('No connection.'));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(looking.value?.value).toEqual({ at: 1 });
    close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
