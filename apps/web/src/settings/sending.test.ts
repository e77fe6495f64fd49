import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepCodec, keepLimits, readSending, sending, sendingOptions } from './sending.ts';

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  vi.stubGlobal('RTCRtpSender', {
    getCapabilities: () => ({ codecs: [{ mimeType: 'video/VP8' }, { mimeType: 'video/VP9' }] }),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const unlimited = { camera: {}, screen: {}, microphone: {}, codec: undefined };

describe('what is sent', () => {
  it('is as it was chosen before', () => {
    const text =
      '{"camera":{"bitrate":500000,"frameRate":15,"height":360},"microphone":{"bitrate":24000},"codec":"VP9"}';
    expect(readSending(text)).toEqual({
      camera: { bitrate: 500_000, frameRate: 15, height: 360 },
      screen: {},
      microphone: { bitrate: 24_000 },
      codec: 'VP9',
    });
  });

  it.each([
    undefined,
    '',
    'null',
    '7',
    '[]',
    '{"camera":7}',
    '{"camera":{"height":"360"}}',
    '{"camera":{"height":0,"bitrate":-1,"frameRate":1e999}}',
    '{"microphone":{"height":360}}',
    '{"codec":"AV1"}',
    '{"codec":7}',
  ])('is not limited by what cannot be read, or cannot be sent: %s', (text) => {
    expect(readSending(text)).toEqual(unlimited);
  });

  it('is kept, is what one joins with, and is forgotten when nothing is limited any more', () => {
    keepLimits('camera', { height: 360 });
    keepCodec('VP8');
    expect(sending.value).toEqual({ ...unlimited, camera: { height: 360 }, codec: 'VP8' });
    expect(readSending(kept.get('rivero.sending'))).toEqual(sending.value);
    expect(sendingOptions()).toEqual({
      cameraLimits: { height: 360 },
      screenLimits: {},
      microphoneLimits: {},
      preferredCodec: 'VP8',
    });
    keepLimits('camera', {});
    keepCodec(undefined);
    expect(kept.size).toBe(0);
    expect('preferredCodec' in sendingOptions()).toBe(false);
  });
});
