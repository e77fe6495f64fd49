import { describe, expect, it, vi } from 'vitest';
import { refuse } from '../test/fake-server.ts';
import { FakeTrack } from '../test/fake-track.ts';
import { useMeeting } from '../test/meeting.ts';
import { capture } from './local-media.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const meeting = useMeeting();

/** A track of the page's own, as the page sees it and as the SDK takes it. */
function given(kind: 'audio' | 'video'): { readonly track: FakeTrack; readonly source: MediaStreamTrack } {
  const track: unknown = new FakeTrack(kind);
  return { track: track as FakeTrack, source: track as MediaStreamTrack };
}

describe('a track of the page', () => {
  it('is still on when we leave, and nobody listens to it any more', async () => {
    const [camera, microphone] = [given('video'), given('audio')];
    const room = await meeting.join({ camera: camera.source, microphone: microphone.source });
    await room.leave();
    expect([camera.track, microphone.track]).toMatchObject([
      { readyState: 'live', enabled: true, listenerCount: 0 },
      { readyState: 'live', enabled: true, listenerCount: 0 },
    ]);
  });

  it('is still on when the room cannot be joined, which stops what capture() opened', async () => {
    const { track, source } = given('audio');
    meeting.server.answerOnce('join', refuse('room-full'));
    const camera = await capture('camera');
    await expect(meeting.join({ camera, microphone: source })).rejects.toMatchObject({ code: 'room-full' });
    expect(track.readyState).toBe('live');
    expect(camera.readyState).toBe('ended');
  });

  it('is still on when the other device cannot be opened', async () => {
    const { track, source } = given('audio');
    meeting.browser.refusals.camera = 'NotAllowedError';
    await expect(meeting.join({ camera: true, microphone: source })).rejects.toMatchObject({
      code: 'permission-denied',
    });
    expect(track.readyState).toBe('live');
  });

  it('that takes the place of itself is told once when it ends, and not at all when something else replaced it', async () => {
    const { track, source } = given('video');
    const room = await meeting.join({ camera: source });
    for (let i = 0; i < 3; i++) await room.replaceCamera(source);
    meeting.takeEvents();
    track.end();
    expect(meeting.takeEvents()).toEqual(['error device-lost']);
    await room.replaceCamera(true);
    expect(track.listenerCount).toBe(0);
  });

  it('that is not enabled is published as muted, until it is unmuted', async () => {
    const [camera, microphone] = [given('video'), given('audio')];
    for (const { track } of [camera, microphone]) track.enabled = false;
    const room = await meeting.join({ camera: camera.source });
    await room.publishMicrophone(microphone.source);
    const offered = meeting.server.offers().at(-1)?.tracks;
    expect(offered).toMatchObject([
      { source: 'camera', muted: true },
      { source: 'microphone', muted: true },
    ]);
    expect([camera.track.enabled, microphone.track.enabled]).toEqual([false, false]);
    await room.setMicrophoneMuted(false);
    await room.setCameraMuted(false);
    expect([camera.track.enabled, microphone.track.enabled]).toEqual([true, true]);
    expect(room.localTracks).toMatchObject([{ muted: false }, { muted: false }]);
  });
});

it('a track of the page that is to take the place of itself in vain is told when it ends', async () => {
  const { track, source } = given('video');
  const room = await meeting.join({ camera: source });
  const [section] = meeting.browser.peerConnection.getTransceivers();
  if (section === undefined) throw new Error('no section');
  vi.spyOn(section.sender, 'replaceTrack').mockRejectedValueOnce(new Error('not now'));
  await expect(room.replaceCamera(source)).rejects.toThrow('not now');
  track.end();
  expect(meeting.takeEvents()).toEqual(['error device-lost']);
});

describe('who joins muted', () => {
  it.each(['a device', 'an open one', 'a track of the page'])('is silent from the start with %s', async (what) => {
    const own = what === 'an open one' ? await capture('microphone') : given('audio').source;
    const room = await meeting.join({ microphone: what === 'a device' ? true : own, microphoneMuted: true });
    expect(meeting.server.offers()[0]?.tracks).toMatchObject([{ source: 'microphone', muted: true }]);
    expect(room.localTracks).toMatchObject([{ muted: true, track: { enabled: false, readyState: 'live' } }]);
    await room.setMicrophoneMuted(false);
    expect(room.localTracks).toMatchObject([{ muted: false, track: { enabled: true } }]);
    expect(meeting.browser.asked).toHaveLength(what === 'a track of the page' ? 0 : 1);
  });

  it('with a camera that is open and not enabled closes it, and opens it as it was when it is turned on', async () => {
    const camera = await capture('camera', { deviceId: 'a' });
    camera.enabled = false;
    const room = await meeting.join({ camera });
    expect(meeting.browser.liveCount).toBe(0);
    expect(meeting.server.offers()[0]?.tracks).toMatchObject([{ source: 'camera', muted: true }]);
    await room.setCameraMuted(false);
    expect(meeting.browser.opened[1]?.constraints).toEqual({ deviceId: 'a' });
    expect(meeting.browser.peerConnection.getTransceivers()[0]?.sender.track).toBe(meeting.browser.opened[1]);
  });
});
