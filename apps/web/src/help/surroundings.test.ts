import { describe, expect, it } from 'vitest';
import { readSurroundings } from './surroundings.ts';

const webKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

describe('the surroundings', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      0,
      'chromium',
      'other',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0',
      10,
      'chromium',
      'windows',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:153.0) Gecko/20100101 Firefox/153.0', 0, 'firefox', 'macos'],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Version/26.0 Safari/605.1.15`, 0, 'safari', 'macos'],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Version/26.0 Safari/605.1.15`,
      5,
      'safari-phone',
      'ios',
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) ${webKit} Version/26.0 Mobile/15E148 Safari/604.1`,
      5,
      'safari-phone',
      'ios',
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) ${webKit} CriOS/156.0.0.0 Mobile/15E148 Safari/604.1`,
      5,
      'ios-app',
      'ios',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
      5,
      'chromium-phone',
      'android',
    ],
    ['Mozilla/5.0 (Android 16; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0', 5, 'firefox-phone', 'android'],
    ['something new', 0, 'chromium', 'other'],
  ])('%s with %i touch points is %s on %s', (userAgent, touchPoints, browser, system) => {
    expect(readSurroundings(userAgent, touchPoints)).toEqual({ browser, system });
  });
});
