import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refuse } from '../test/fake-server.ts';
import { useMeeting } from '../test/meeting.ts';
import type { Room } from './room.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const meeting = useMeeting();
let room: Room;

beforeEach(async () => {
  room = await meeting.join();
});

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** Sources of the tracks of each offer. */
function offered(): readonly string[] {
  return meeting.server.offers().map(({ tracks }) => tracks.map(({ source }) => source).join('+'));
}

function sources(): readonly string[] {
  return room.localTracks.map(({ source }) => source);
}

describe('a shared screen', () => {
  it('is published with its sound, and both are unpublished and stopped together', async () => {
    await room.publishScreen({ audio: true });
    expect(sources()).toEqual(['screen', 'screen-audio']);
    await room.unpublishScreen();
    expect(sources()).toEqual([]);
    expect(offered()).toEqual(['', 'screen+screen-audio', '']);
    expect(meeting.browser.liveCount).toBe(0);
    expect(meeting.takeEvents()).toEqual([
      'local screen on',
      'local screen-audio on',
      'local screen on',
      'local screen-audio on',
    ]);
  });

  it('ends with its sound when the browser ends it', async () => {
    await room.publishScreen({ audio: true });
    meeting.browser.opened[0]?.end();
    await settle();
    expect(sources()).toEqual([]);
    expect(offered().at(-1)).toBe('');
    expect(meeting.browser.liveCount).toBe(0);
  });

  it('goes on without its sound when only that ends', async () => {
    await room.publishScreen({ audio: true });
    meeting.browser.opened[1]?.end();
    await settle();
    expect(offered().at(-1)).toBe('screen');
    expect(meeting.browser.liveCount).toBe(1);
  });

  it('takes the section of the one before, so that sharing again and again makes offers no longer', async () => {
    for (let i = 0; i < 5; i++) {
      await room.publishScreen();
      await room.unpublishScreen();
    }
    await room.publishScreen();
    await settle();
    const sections = meeting.browser.peerConnection.sections('sendonly', 'video');
    expect(sections.map(({ sender }) => sender.track)).toEqual([meeting.browser.opened[5]]);
    expect(meeting.browser.peerConnection.sections('inactive', 'video')).toEqual([]);
    const ids = meeting.server.offers().flatMap(({ tracks }) => tracks.map(({ trackId }) => trackId));
    expect(new Set(ids).size).toBe(6);
  });

  it('is asked for once by two presses of a button', async () => {
    await Promise.all([room.publishScreen(), room.publishScreen()]);
    expect(meeting.browser.asked).toEqual(['screen']);
    expect(sources()).toEqual(['screen']);
  });

  it('that the person cancels changes nothing, and may be asked for again', async () => {
    meeting.browser.refusals.screen = 'NotAllowedError';
    await expect(room.publishScreen()).rejects.toMatchObject({ code: 'screen-denied' });
    expect(offered()).toEqual(['']);
    delete meeting.browser.refusals.screen;
    await room.publishScreen();
    expect(sources()).toEqual(['screen']);
  });

  it('is published again by the peer connection that replaces a lost one', async () => {
    await room.publishScreen();
    meeting.server.tell('media-lost', { code: 'media-worker-lost', message: '' });
    await settle();
    expect(offered().slice(1)).toEqual(['screen', 'screen']);
    expect(meeting.browser.asked).toEqual(['screen']);
  });

  it('is stopped by leaving, also when it is chosen only after that', async () => {
    await room.publishScreen();
    await room.leave();
    expect(meeting.browser.liveCount).toBe(0);
    await expect(room.publishScreen()).rejects.toMatchObject({ code: 'not-in-room' });
    await expect(room.unpublishScreen()).rejects.toMatchObject({ code: 'not-in-room' });

    room = await meeting.join();
    let choose = (): void => {};
    meeting.browser.permission = new Promise((resolve) => (choose = resolve));
    const sharing = expect(room.publishScreen({ audio: true })).rejects.toMatchObject({ code: 'not-in-room' });
    await settle();
    await room.leave();
    choose();
    await sharing;
    expect(meeting.browser.liveCount).toBe(0);
    expect(room.localTracks).toEqual([]);
  });

  it('that was ended by the browser while the server refuses is an error', async () => {
    await room.publishScreen();
    meeting.takeEvents();
    meeting.server.answerOnce('negotiate', refuse('internal'));
    meeting.browser.opened[0]?.end();
    await settle();
    expect(meeting.takeEvents()).toEqual(['local screen on', 'error internal']);
  });
});
