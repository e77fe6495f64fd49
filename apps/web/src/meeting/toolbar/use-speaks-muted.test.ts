import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, type EffectScope, ref, shallowRef, type Ref } from 'vue';
import { useSpeaksMuted } from './use-speaks-muted.ts';

interface Fake extends Pick<MediaStreamTrack, 'enabled' | 'clone' | 'stop'> {
  readyState: MediaStreamTrackState;
}

/** Copies that were made of a track. */
const copies: MediaStreamTrack[] = [];

function fakeTrack(): MediaStreamTrack {
  const track: Fake = {
    enabled: false,
    readyState: 'live',
    clone: () => {
      const copy = fakeTrack();
      copies.push(copy);
      return copy;
    },
    stop: () => void (track.readyState = 'ended'),
  };
  return track as Partial<MediaStreamTrack> as MediaStreamTrack;
}

const microphone = shallowRef<MediaStreamTrack>();
const isMicrophoneOn = ref(false);
let scope: EffectScope;
let isTold: Readonly<Ref<boolean>>;
let time: number;
let measured: { readonly track: unknown; readonly onLevel: (level: number) => void; isOver: boolean }[];

beforeEach(() => {
  vi.useFakeTimers();
  microphone.value = undefined;
  copies.length = 0;
  isMicrophoneOn.value = false;
  time = 0;
  measured = [];
  scope = effectScope();
  scope.run(() => {
    isTold = useSpeaksMuted({
      microphone,
      isMicrophoneOn,
      measure: (track, onLevel) => {
        const one = { track, onLevel, isOver: false };
        measured.push(one);
        return () => (one.isOver = true);
      },
      now: () => time,
    });
  });
});

afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

function speak(): void {
  for (let look = 0; look < 10; look++) {
    time += 100;
    measured.at(-1)?.onLevel(0.8);
  }
}

describe('a muted microphone', () => {
  it('is heard by a copy of its track, which ends with the muting', () => {
    const track = fakeTrack();
    microphone.value = track;
    expect(measured).toHaveLength(1);
    expect(track.enabled).toBe(false);
    expect(copies).toMatchObject([{ enabled: true, readyState: 'live' }]);
    isMicrophoneOn.value = true;
    expect(measured[0]?.isOver).toBe(true);
    expect(copies).toMatchObject([{ readyState: 'ended' }]);
    expect(track.readyState).toBe('live');
  });

  it.each([
    ['another device', () => (microphone.value = fakeTrack())],
    ['no device', () => (microphone.value = undefined)],
    ['the end of the meeting', () => scope.stop()],
  ])('is not heard after %s', (_, change) => {
    const track = fakeTrack();
    microphone.value = track;
    change();
    expect(copies[0]?.readyState).toBe('ended');
    expect(measured[0]?.isOver).toBe(true);
  });

  it('that is on, or gone, is not heard', () => {
    isMicrophoneOn.value = true;
    microphone.value = fakeTrack();
    expect(measured).toEqual([]);
    const gone = fakeTrack();
    gone.stop();
    microphone.value = gone;
    isMicrophoneOn.value = false;
    expect(measured).toEqual([]);
  });

  it('that is spoken into is told for 7 s, or until it is on', () => {
    microphone.value = fakeTrack();
    speak();
    expect(isTold.value).toBe(true);
    vi.advanceTimersByTime(7_000);
    expect(isTold.value).toBe(false);
    time += 30_000;
    speak();
    expect(isTold.value).toBe(true);
    isMicrophoneOn.value = true;
    expect(isTold.value).toBe(false);
  });
});
