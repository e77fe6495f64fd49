import { CodedError } from '@rivero/core';

/** What of a screen is shared, and how. */
export interface ScreenOptions {
  /** Its sound too, where the browser and what is chosen have one. Default: false. */
  readonly audio?: boolean;
  /** What to keep when there is too little bandwidth: sharp text, or fluent movement. Default: the browser decides. */
  readonly contentHint?: 'detail' | 'text' | 'motion';
}

/** A screen, window or tab that the person chose. */
export interface CapturedScreen {
  readonly video: MediaStreamTrack;
  /** Undefined: it has no sound, or none was wanted. */
  readonly audio: MediaStreamTrack | undefined;
}

/** Sound as it is: what cleans speech spoils music. */
const soundAsItIs: MediaTrackConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/** The browser can share a screen; those of phones cannot, and none can on a page that is not secure. */
export function isScreenSupported(): boolean {
  return typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === 'function';
}

/** Lets the person choose a screen, window or tab; what comes in the way becomes a coded error that says what to do. */
export async function captureScreen({ audio = false, contentHint }: ScreenOptions): Promise<CapturedScreen> {
  if (!globalThis.isSecureContext) {
    throw new CodedError(
      'insecure-context',
      'The browser shares no screen on plain http; open the page by its https address.',
    );
  }
  if (!isScreenSupported()) {
    throw new CodedError('screen-unsupported', 'This browser cannot share a screen; use one on a computer.');
  }
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: audio && soundAsItIs });
    const [video] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (video !== undefined) {
      if (contentHint !== undefined) video.contentHint = contentHint;
      return { video, audio: sound };
    }
    sound?.stop();
  } catch (error) {
    throw explainScreenError(error);
  }
  throw new CodedError('screen-failed', 'The browser gave no picture of the screen; choose another screen or window.');
}

function explainScreenError(error: unknown): CodedError {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new CodedError(
        'screen-denied',
        'The screen is not shared, because that was cancelled or is not allowed; share again, and choose a screen.',
      );
    case 'NotSupportedError':
      return new CodedError('screen-unsupported', 'This browser cannot share a screen; use one on a computer.');
    default:
      return new CodedError(
        'screen-failed',
        `The screen could not be captured: ${name || String(error)}. Choose another screen or window.`,
      );
  }
}
