import { describe, expect, it, vi } from 'vitest';
import { FakeTrack } from '../test/fake-track.ts';
import { useMeeting } from '../test/meeting.ts';
import { assertLimits, constraintsWithin, encodingFor } from './send-limits.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const none = { maxBitrate: undefined, maxFramerate: undefined, scaleResolutionDownBy: undefined };

describe('limits', () => {
  it.each([
    ['nothing', {}, { width: 1280, height: 720 }, none],
    ['a bit rate', { bitrate: 500_000 }, {}, { ...none, maxBitrate: 500_000 }],
    ['a bit rate beyond all', { bitrate: 1e30 }, {}, { ...none, maxBitrate: 4_294_967_295 }],
    ['a frame rate', { frameRate: 10 }, {}, { ...none, maxFramerate: 10 }],
    ['a height', { height: 360 }, { width: 1280, height: 720 }, { ...none, scaleResolutionDownBy: 2 }],
    ['a portrait', { height: 360 }, { width: 720, height: 1280 }, { ...none, scaleResolutionDownBy: 2 }],
    ['less than the height', { height: 1080 }, { width: 1280, height: 720 }, none],
    ['an unknown size', { height: 360 }, {}, none],
  ])('of %s are those of an encoding', (_what, limits, settings, encoding) => {
    expect(encodingFor(limits, settings)).toEqual(encoding);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('of %d are refused', (bitrate) => {
    expect(() => assertLimits({ bitrate })).toThrow(expect.objectContaining({ code: 'limits-invalid' }));
  });

  it('ask a device for the same shape, in even numbers, and leave the rest as it was asked for', () => {
    const asked = { deviceId: 'x', width: { ideal: 1280 }, frameRate: { ideal: 30 } };
    expect(constraintsWithin({ height: 100, frameRate: 10 }, asked, { width: 1280, height: 720 })).toEqual({
      deviceId: 'x',
      width: { ideal: 178 },
      height: { ideal: 100 },
      frameRate: { ideal: 10, max: 10 },
    });
    expect(constraintsWithin({}, asked, { width: 1280, height: 720 })).toEqual(asked);
  });
});

describe('limits of a room', () => {
  const meeting = useMeeting();

  async function settle(): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
  }

  /** What the sections are held to, in their order. */
  function encodings(): readonly Readonly<Record<string, number>>[] {
    return meeting.browser.peerConnection.getTransceivers().map(({ sender }) => sender.encoding);
  }

  it('hold camera, microphone and screen, from the start or later, and end', async () => {
    const room = await meeting.join({
      camera: true,
      microphone: true,
      cameraLimits: { bitrate: 500_000 },
      microphoneLimits: { bitrate: 24_000 },
    });
    await room.publishScreen();
    expect(encodings()).toEqual([{ maxBitrate: 24_000 }, { maxBitrate: 500_000 }, {}]);
    await room.setScreenLimits({ frameRate: 5, height: 360 });
    await room.setCameraLimits({});
    await room.setMicrophoneLimits({});
    expect(encodings()).toEqual([{}, {}, { maxFramerate: 5, scaleResolutionDownBy: 2 }]);
    expect(room.limits).toEqual({ camera: {}, microphone: {}, screen: { frameRate: 5, height: 360 } });
  });

  it('make an own camera give less, and a track of the page smaller when it is sent', async () => {
    const room = await meeting.join({ camera: true });
    await room.setCameraLimits({ height: 360 });
    expect(meeting.browser.opened[0]?.settings).toMatchObject({ width: 640, height: 360 });
    expect(encodings()).toEqual([{}]);
    await room.setCameraLimits({});
    expect(meeting.browser.opened[0]?.settings).toMatchObject({ width: 1280, height: 720 });
  });

  it('that a device does not keep to make its picture smaller when it is sent, also after it was off', async () => {
    vi.spyOn(FakeTrack.prototype, 'applyConstraints').mockRejectedValue(new Error('not this one'));
    const room = await meeting.join({ camera: true });
    await room.setCameraLimits({ height: 360 });
    expect(encodings()).toEqual([{ scaleResolutionDownBy: 2 }]);
    await room.setCameraMuted(true);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(encodings()).toEqual([{ scaleResolutionDownBy: 2 }]);
    await room.setCameraMuted(false);
    expect(encodings()).toEqual([{ scaleResolutionDownBy: 2 }]);
    vi.restoreAllMocks();
  });

  it('follow a shared window that gets another size', async () => {
    const room = await meeting.join({ screenLimits: { height: 360 } });
    await room.publishScreen();
    expect(encodings().at(-1)).toEqual({ scaleResolutionDownBy: 2 });
    const [screen] = meeting.browser.opened;
    if (screen !== undefined) screen.settings = { width: 1000, height: 1440 };
    await vi.advanceTimersByTimeAsync(2_000);
    expect(encodings().at(-1)).toEqual({ scaleResolutionDownBy: 1000 / 360 });
  });

  it('outlive muting, another device, a lost media connection and a section that something else takes', async () => {
    const cameraLimits = { bitrate: 300_000, height: 180 };
    const room = await meeting.join({ camera: true, cameraLimits });
    await room.setCameraMuted(true);
    await room.setCameraMuted(false);
    expect(encodings()).toEqual([{ maxBitrate: 300_000 }]);
    await room.replaceCamera({ deviceId: 'other' });
    expect(meeting.browser.opened.map(({ settings }) => settings.height)).toEqual([180, 180, 180]);
    expect(encodings()).toEqual([{ maxBitrate: 300_000 }]);
    meeting.server.tell('media-lost', { code: 'media-worker-lost', message: '' });
    await settle();
    expect(encodings()).toEqual([{ maxBitrate: 300_000 }]);
    await room.setScreenLimits({ frameRate: 5 });
    await room.publishScreen();
    await room.unpublishScreen();
    await room.setScreenLimits({});
    await room.publishScreen();
    await settle();
    expect(encodings()).toEqual([{ maxBitrate: 300_000 }, {}]);
  });

  it('fit what takes a section that something else had, from the start', async () => {
    const room = await meeting.join({ screenLimits: { height: 360 } });
    await room.publishScreen();
    await room.unpublishScreen();
    await room.setScreenLimits({ height: 180 });
    await room.publishScreen();
    await settle();
    expect(encodings()).toEqual([{}, { scaleResolutionDownBy: 4 }]);
  });

  it('that are set quickly one after the other end as the last one', async () => {
    const room = await meeting.join({ camera: true });
    await Promise.all([100_000, 200_000, 300_000].map((bitrate) => room.setCameraLimits({ bitrate })));
    expect(encodings()).toEqual([{ maxBitrate: 300_000 }]);
    expect(meeting.takeEvents()).toEqual([]);
  });

  it('that are set as they were while another one is being set end as the last one', async () => {
    const room = await meeting.join({ screenLimits: { frameRate: 5 } });
    await room.publishScreen();
    await Promise.all([30, 5].map((frameRate) => room.setScreenLimits({ frameRate })));
    expect(encodings().at(-1)).toEqual({ maxFramerate: 5 });
  });

  it('that are none are refused, also when joining', async () => {
    const room = await meeting.join();
    await expect(room.setScreenLimits({ height: 0 })).rejects.toMatchObject({ code: 'limits-invalid' });
    await expect(meeting.join({ camera: true, cameraLimits: { bitrate: -1 } })).rejects.toMatchObject({
      code: 'limits-invalid',
    });
    expect(meeting.browser.liveCount).toBe(0);
  });
});
