import { describe, expect, it, vi } from 'vitest';
import { FakeTrack } from '../test/fake-track.ts';
import { useMeeting } from '../test/meeting.ts';
import type { CaptureSource } from './local-tracks.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const meeting = useMeeting();

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** A track of the page's own, as the SDK takes it. */
function given(kind: 'audio' | 'video'): { readonly track: FakeTrack; readonly source: CaptureSource } {
  const track: unknown = new FakeTrack(kind);
  return { track: track as FakeTrack, source: track as MediaStreamTrack };
}

/** What the sections send, in their order. */
function sent(): readonly (FakeTrack | null)[] {
  return meeting.browser.peerConnection.getTransceivers().map(({ sender }) => sender.track);
}

describe('a camera that is replaced', () => {
  it('goes on until the other one is open, then is closed; nothing is negotiated and the track keeps its name', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join({ camera: true });
    const [published] = room.localTracks;
    meeting.takeEvents();
    let allow = (): void => {};
    browser.permission = new Promise((resolve) => (allow = resolve));
    const replaced = room.replaceCamera({ deviceId: { exact: 'other' } });
    await settle();
    expect(browser.opened.map(({ readyState }) => readyState)).toEqual(['live']);
    allow();
    await replaced;
    expect(browser.opened.map(({ readyState }) => readyState)).toEqual(['ended', 'live']);
    expect(browser.opened[1]?.constraints).toEqual({ deviceId: { exact: 'other' } });
    expect(sent()).toEqual([browser.opened[1]]);
    expect(room.localTracks).toEqual([published]);
    expect(server.offers()).toHaveLength(1);
    expect(meeting.takeEvents()).toEqual(['local camera on']);
  });

  it('goes on when the other one cannot be opened', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: true });
    browser.refusals.camera = 'OverconstrainedError';
    await expect(room.replaceCamera({ deviceId: { exact: 'x' } })).rejects.toMatchObject({ code: 'device-unsuitable' });
    expect(sent()).toEqual([browser.opened[0]]);
    expect(browser.opened[0]?.readyState).toBe('live');
    browser.opened[0]?.end();
    expect(meeting.takeEvents()).toEqual(['error device-lost']);
  });

  it('is closed first on a phone, which opens one camera at a time', async () => {
    const { browser } = meeting;
    browser.isPhone = true;
    const room = await meeting.join({ camera: { facingMode: 'user' } });
    await room.replaceCamera({ facingMode: 'environment' });
    expect(browser.opened.map(({ readyState }) => readyState)).toEqual(['ended', 'live']);
    expect(sent()).toEqual([browser.opened[1]]);
  });

  it('is opened again on a phone when the other one cannot be', async () => {
    const { browser } = meeting;
    browser.isPhone = true;
    const room = await meeting.join({ camera: { facingMode: 'user' } });
    browser.refuseOnce('camera', 'NotFoundError');
    await expect(room.replaceCamera({ facingMode: 'environment' })).rejects.toMatchObject({ code: 'device-missing' });
    expect(browser.opened.map(({ constraints }) => constraints)).toEqual([
      { facingMode: 'user' },
      { facingMode: 'user' },
    ]);
    expect(sent()).toEqual([browser.opened[1]]);
    expect(browser.liveCount).toBe(1);
  });

  it('is lost when neither can be opened', async () => {
    const { browser } = meeting;
    browser.isPhone = true;
    const room = await meeting.join({ camera: true });
    browser.refusals.camera = 'NotReadableError';
    await expect(room.replaceCamera(true)).rejects.toMatchObject({ code: 'device-busy' });
    expect(meeting.takeEvents()).toEqual(['error device-lost']);
    delete browser.refusals.camera;
    await room.replaceCamera(true);
    expect(browser.liveCount).toBe(1);
  });

  it('is closed first where a computer says that the other one is busy', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: true });
    browser.refuseOnce('camera', 'NotReadableError');
    await room.replaceCamera({ deviceId: 'other' });
    expect(browser.opened.map(({ readyState }) => readyState)).toEqual(['ended', 'live']);
  });

  it('while it is off is only chosen, and opened when it is turned on', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: true });
    await room.setCameraMuted(true);
    await room.replaceCamera({ deviceId: 'other' });
    expect(browser.liveCount).toBe(0);
    expect(browser.opened).toHaveLength(1);
    await room.setCameraMuted(false);
    expect(browser.opened[1]?.constraints).toEqual({ deviceId: 'other' });
    expect(sent()).toEqual([browser.opened[1]]);
  });

  it('and is gone when it is turned on gives way to another one', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: { deviceId: { exact: 'one' }, height: 360 } });
    await room.setCameraMuted(true);
    browser.refuseOnce('camera', 'OverconstrainedError');
    await room.setCameraMuted(false);
    expect(browser.opened[1]?.constraints).toEqual({ deviceId: { ideal: 'one' }, height: 360 });
    expect(sent()).toEqual([browser.opened[1]]);
  });

  it('and is in use when it is turned on stays off, and says so', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: { deviceId: { exact: 'one' } } });
    await room.setCameraMuted(true);
    browser.refuseOnce('camera', 'NotReadableError');
    await expect(room.setCameraMuted(false)).rejects.toMatchObject({ code: 'device-busy' });
    expect(browser.opened).toHaveLength(1);
  });

  it('before it was ever turned on is chosen too', async () => {
    const { browser } = meeting;
    const room = await meeting.join();
    await room.replaceCamera({ deviceId: 'other' });
    expect(browser.asked).toEqual([]);
    await room.setCameraMuted(false);
    expect(browser.opened[0]?.constraints).toEqual({ deviceId: 'other' });
  });

  it('by a track of the page is closed; the track is given back when a camera replaces it', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: true });
    const { track, source } = given('video');
    await room.replaceCamera(source);
    expect(browser.liveCount).toBe(0);
    expect(sent()).toEqual([track]);
    await room.replaceCamera(true);
    expect(track.readyState).toBe('live');
    expect(sent()).toEqual([browser.opened[1]]);
  });

  it('by a track of the page while it is off stays dark until it is turned on', async () => {
    const room = await meeting.join({ camera: true });
    await room.setCameraMuted(true);
    const { track, source } = given('video');
    await room.replaceCamera(source);
    expect(track.enabled).toBe(false);
    await room.setCameraMuted(false);
    expect(track.enabled).toBe(true);
    expect(sent()).toEqual([track]);
  });

  it('by publishing another one is on then; the same one is not opened again', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join();
    await Promise.all([room.publishCamera({ deviceId: 'one' }), room.publishCamera({ deviceId: 'one' })]);
    expect(browser.opened).toHaveLength(1);
    await room.publishCamera({ deviceId: 'other' });
    expect(browser.opened.map(({ readyState }) => readyState)).toEqual(['ended', 'live']);
    expect(sent()).toEqual([null, browser.opened[1]]);
    await room.setCameraMuted(true);
    const { track, source } = given('video');
    await room.publishCamera(source);
    await room.publishCamera(source);
    expect(sent()).toEqual([null, track]);
    expect(room.localTracks).toMatchObject([{ muted: false, track: { enabled: true } }]);
    expect(browser.opened).toHaveLength(2);
    expect(server.offers()).toHaveLength(2);
  });

  it('is sent though the browser refuses its limits, which is told', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: true, cameraLimits: { height: 360 } });
    const [section] = browser.peerConnection.getTransceivers();
    if (section === undefined) throw new Error('no section');
    vi.spyOn(section.sender, 'setParameters').mockRejectedValue(new Error('not this one'));
    const { track, source } = given('video');
    await room.replaceCamera(source);
    expect(sent()).toEqual([track]);
    expect(room.localTracks[0]?.track).toBe(source);
    expect(browser.liveCount).toBe(0);
    expect(meeting.takeEvents()).toEqual(['error browser-failed', 'local camera on']);
  });

  it('goes on when the sender refuses the other track, which is left to the page', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: true });
    const [section] = browser.peerConnection.getTransceivers();
    if (section === undefined) throw new Error('no section');
    vi.spyOn(section.sender, 'replaceTrack').mockRejectedValueOnce(new Error('not this one'));
    const { track, source } = given('video');
    await expect(room.replaceCamera(source)).rejects.toThrow('not this one');
    expect(track.readyState).toBe('live');
    expect(sent()).toEqual([browser.opened[0]]);
    expect(browser.opened[0]?.readyState).toBe('live');
    expect(room.localTracks[0]?.track).toBe(browser.opened[0]);
  });

  it('while we leave is not left on', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ camera: true });
    let allow = (): void => {};
    browser.permission = new Promise((resolve) => (allow = resolve));
    const replaced = expect(room.replaceCamera(true)).rejects.toMatchObject({ code: 'not-in-room' });
    await settle();
    await room.leave();
    allow();
    await replaced;
    expect(browser.liveCount).toBe(0);
  });
});

describe('a microphone that is replaced', () => {
  it('while it is muted stays silent until it is turned on', async () => {
    const { browser } = meeting;
    const room = await meeting.join({ microphone: true });
    await room.setMicrophoneMuted(true);
    await room.replaceMicrophone({ deviceId: 'other' });
    expect(browser.opened.map(({ readyState, enabled }) => `${readyState} ${enabled}`)).toEqual([
      'ended false',
      'live false',
    ]);
    await room.setMicrophoneMuted(false);
    expect(browser.opened[1]?.enabled).toBe(true);
  });

  it('while it is muted is as silent as its sign says, also when it is published meanwhile', async () => {
    const room = await meeting.join({ microphone: true });
    await room.setMicrophoneMuted(true);
    const signs: string[] = [];
    room.on('localTrackChanged', ({ muted, track }) => signs.push(`${muted} ${track?.enabled}`));
    const replacing = room.replaceMicrophone({ deviceId: 'other' });
    await Promise.all([replacing, room.publishMicrophone()]);
    expect(signs).toEqual(['true false', 'false true']);
  });

  it.each(['replaceMicrophone', 'publishMicrophone'] as const)(
    'and muted while it is being opened by %s is never heard',
    async (name) => {
      const { browser } = meeting;
      const room = await meeting.join(name === 'replaceMicrophone' ? { microphone: true } : {});
      let allow = (): void => {};
      browser.permission = new Promise((resolve) => (allow = resolve));
      const opening = room[name](true);
      await settle();
      const muting = room.setMicrophoneMuted(true);
      allow();
      const heard: boolean[] = [];
      room.on('localTrackChanged', ({ track }) => heard.push(track?.enabled ?? false));
      await Promise.all([opening, muting]);
      expect(new Set(heard)).toEqual(new Set([false]));
      expect(browser.opened.at(-1)?.enabled).toBe(false);
    },
  );
});
