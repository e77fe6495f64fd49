/** Which browser it is, as far as the way to its permissions differs. */
export type BrowserKind =
  | 'chromium'
  | 'firefox'
  | 'safari'
  | 'chromium-phone'
  | 'firefox-phone'
  | 'safari-phone'
  | 'ios-app';
export type SystemKind = 'windows' | 'macos' | 'android' | 'ios' | 'other';

/** What the page runs in. */
export interface Surroundings {
  readonly browser: BrowserKind;
  readonly system: SystemKind;
}

function systemOf(userAgent: string, touchPoints: number): SystemKind {
  if (userAgent.includes('Android')) return 'android';
  // An iPad says that it is a Mac; no Mac has a touch screen.
  if (/iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes('Macintosh') && touchPoints > 1)) return 'ios';
  if (userAgent.includes('Windows')) return 'windows';
  return userAgent.includes('Macintosh') ? 'macos' : 'other';
}

/** Reads it from what a browser says of itself. It only chooses words: nothing works or fails by it. */
export function readSurroundings(userAgent: string, touchPoints: number): Surroundings {
  const system = systemOf(userAgent, touchPoints);
  // Every browser there is Apple's inside; those of others ask the system for their permissions.
  if (system === 'ios') {
    return { system, browser: /CriOS|FxiOS|EdgiOS|OPiOS/.test(userAgent) ? 'ios-app' : 'safari-phone' };
  }
  const isPhone = system === 'android';
  if (userAgent.includes('Firefox/')) return { system, browser: isPhone ? 'firefox-phone' : 'firefox' };
  if (userAgent.includes('Chrom')) return { system, browser: isPhone ? 'chromium-phone' : 'chromium' };
  return {
    system,
    browser: userAgent.includes('Safari/') && !isPhone ? 'safari' : isPhone ? 'chromium-phone' : 'chromium',
  };
}

export function ownSurroundings(): Surroundings {
  return readSurroundings(navigator.userAgent, navigator.maxTouchPoints);
}
