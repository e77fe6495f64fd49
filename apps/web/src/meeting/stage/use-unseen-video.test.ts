import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shallowRef } from 'vue';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import { useUnseenVideo } from './use-unseen-video.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

const seen = shallowRef<ReadonlySet<string>>(new Set());
let camera: { trackId: string; source: string; isReceived: boolean };
let ben: { participantId: string; isVideoReceived: boolean; tracks: readonly unknown[] };
let close: () => void;

/** As the SDK does it: the wish stands at the track at once. */
async function setReceived(trackId: string, received: boolean): Promise<void> {
  scene.room.calls.push(`${received ? 'receive' : 'stop'} track ${trackId}`);
  camera.isReceived = received;
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.stubGlobal('window', {});
  camera = { trackId: 'c', source: 'camera', isReceived: true };
  ben = { participantId: 'b', isVideoReceived: true, tracks: [camera] };
  seen.value = new Set(['b']);
  const page = openPage((meeting) => useUnseenVideo(meeting, seen));
  ({ close } = page);
  scene.room.participants = [ben];
  scene.room.setReceived = setReceived;
  await page.meeting.join(ann);
});

afterEach(() => {
  close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function see(...ids: readonly string[]): Promise<void> {
  seen.value = new Set(ids);
  await vi.advanceTimersByTimeAsync(0);
}

describe('a camera on another page', () => {
  it('is received for five seconds more, and again as soon as it is seen', async () => {
    await see();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(scene.room.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(scene.room.calls).toEqual(['stop track c']);
    await see('b');
    expect(scene.room.calls).toEqual(['stop track c', 'receive track c']);
  });

  it('whose page is turned back soon is never stopped', async () => {
    await see();
    await vi.advanceTimersByTimeAsync(3_000);
    await see('b');
    await see();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(scene.room.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(scene.room.calls).toEqual(['stop track c']);
  });

  it('of somebody whose video we do not want is left alone', async () => {
    ben.isVideoReceived = false;
    camera.isReceived = false;
    await see();
    await vi.advanceTimersByTimeAsync(60_000);
    await see('b');
    expect(scene.room.calls).toEqual([]);
  });

  it('is left alone when we are gone', async () => {
    await see();
    close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(scene.room.calls).toEqual(['leave']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
