import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeBrowser } from '../test/fake-browser.ts';
import { captureScreen, isScreenSupported } from './screen-capture.ts';

let browser: FakeBrowser;

beforeEach(() => {
  browser = new FakeBrowser();
  browser.install();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('captureScreen', () => {
  it('asks for no sound when none is wanted', async () => {
    const { video } = await captureScreen({});
    expect(browser.opened).toEqual([video]);
  });

  it('asks for the sound as it is, without what cleans speech', async () => {
    const { audio } = await captureScreen({ audio: true });
    expect(audio).toBe(browser.opened[1]);
    expect(browser.opened[1]?.constraints).toMatchObject({ echoCancellation: false, noiseSuppression: false });
  });

  it('is content with a picture when what is shared has no sound', async () => {
    browser.hasScreenSound = false;
    expect((await captureScreen({ audio: true })).audio).toBe(undefined);
  });

  it.each([
    ['NotAllowedError', 'screen-denied', 'share again'],
    ['SecurityError', 'screen-denied', 'share again'],
    ['NotSupportedError', 'screen-unsupported', 'on a computer'],
    ['NotReadableError', 'screen-failed', 'NotReadableError'],
    ['InvalidStateError', 'screen-failed', 'Choose another'],
  ])('explains %s as %s, and says what to do', async (name, code, advice) => {
    browser.refusals.screen = name;
    await expect(captureScreen({})).rejects.toMatchObject({ name: 'CodedError', code });
    await expect(captureScreen({})).rejects.toThrow(advice);
  });

  it('says screen-unsupported in a browser that has no such thing, as on phones', async () => {
    expect(isScreenSupported()).toBe(true);
    vi.stubGlobal('navigator', { mediaDevices: {} });
    expect(isScreenSupported()).toBe(false);
    await expect(captureScreen({})).rejects.toMatchObject({ code: 'screen-unsupported' });
  });

  it('says insecure-context on a plain http page', async () => {
    vi.stubGlobal('isSecureContext', false);
    vi.stubGlobal('navigator', {});
    expect(isScreenSupported()).toBe(false);
    await expect(captureScreen({})).rejects.toMatchObject({ code: 'insecure-context' });
  });
});
