import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeBrowser } from '../test/fake-browser.ts';
import { capture, captureBoth } from './local-media.ts';

let browser: FakeBrowser;

beforeEach(() => {
  browser = new FakeBrowser();
  browser.install();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('capture', () => {
  it('asks for one device, with what the caller wants of it', async () => {
    const constraints = { deviceId: 'the-good-one' };
    const track = await capture('microphone', constraints);
    expect(track).toBe(browser.opened[0]);
    expect(browser.asked).toEqual(['microphone']);
    expect(browser.opened[0]).toMatchObject({ kind: 'audio', constraints });
  });

  it('asks for a picture of 720 lines and for speech without echo when the caller says no more', async () => {
    await captureBoth();
    expect(browser.opened.map(({ constraints }) => constraints)).toMatchObject([
      { height: { ideal: 720 } },
      { echoCancellation: true },
    ]);
  });

  it.each([
    ['NotAllowedError', 'permission-denied', 'allow it in the address bar'],
    ['SecurityError', 'permission-denied', 'allow it in the address bar'],
    ['NotFoundError', 'device-missing', 'plug one in'],
    ['NotReadableError', 'device-busy', 'close it'],
    ['AbortError', 'device-busy', 'close it'],
    ['OverconstrainedError', 'device-unsuitable', 'ask for less'],
    ['TypeError', 'device-failed', 'TypeError'],
  ])('explains %s as %s, and says what to do', async (name, code, advice) => {
    browser.refusals.camera = name;
    await expect(capture('camera')).rejects.toMatchObject({ name: 'CodedError', code, context: { kind: 'camera' } });
    await expect(capture('camera')).rejects.toThrow(advice);
  });

  it('says insecure-context on a plain http page, where there are no devices at all', async () => {
    vi.stubGlobal('isSecureContext', false);
    vi.stubGlobal('navigator', {});
    await expect(capture('camera')).rejects.toMatchObject({ code: 'insecure-context' });
    await expect(captureBoth()).rejects.toMatchObject({ code: 'insecure-context' });
  });
});
