import { beforeEach, describe, expect, it } from 'vitest';
import { PushToTalk } from './push-to-talk.ts';

let isMuted = true;
const calls: boolean[] = [];
let talk: PushToTalk;

beforeEach(() => {
  isMuted = true;
  calls.length = 0;
  talk = new PushToTalk({ isMuted: () => isMuted, setMicrophoneOn: async (on) => void calls.push(on) });
});

describe('push to talk', () => {
  it('unmutes as long as the key is held', () => {
    talk.press();
    expect(calls).toEqual([true]);
    expect(talk.isHeld).toBe(true);
    talk.release();
    expect(calls).toEqual([true, false]);
  });

  it('does nothing to a microphone that is on, or to none', () => {
    isMuted = false;
    talk.press();
    talk.release();
    expect(calls).toEqual([]);
  });

  it('is released once, however often that is told', () => {
    talk.press();
    talk.press();
    talk.release();
    talk.release();
    expect(calls).toEqual([true, false]);
  });

  it('leaves the microphone on when somebody decides so meanwhile', () => {
    talk.press();
    talk.keep();
    talk.release();
    expect(calls).toEqual([true]);
  });
});
