import { afterEach, describe, expect, it, vi } from 'vitest';
import { opensOneCameraAtATime } from './single-camera.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('one camera at a time', () => {
  it.each([
    [
      'an Android phone',
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36',
      5,
      true,
    ],
    ['Firefox on Android', 'Mozilla/5.0 (Android 14; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0', 5, true],
    ['an iPhone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15', 5, true],
    ['an iPad', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', 5, true],
    ['a Macintosh', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', 0, false],
    ['Windows with a touch screen', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156.0.0.0', 10, false],
  ])('is %s', (_what, userAgent, maxTouchPoints, isOne) => {
    vi.stubGlobal('navigator', { userAgent, maxTouchPoints });
    expect(opensOneCameraAtATime()).toBe(isOne);
  });
});
