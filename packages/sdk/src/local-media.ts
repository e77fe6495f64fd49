import { CodedError } from '@rivero/core';

/** A device that can be opened. */
export type CaptureKind = 'camera' | 'microphone';

/** What `getUserMedia` is asked for when the caller says no more. */
const cameraDefault: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};
const microphoneDefault: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** What the devices were asked for that {@link capture} opened: they can be opened again. */
const capturedWith = new WeakMap<MediaStreamTrack, MediaTrackConstraints>();

/** What {@link capture} asked the device of this track for; undefined: the track came from elsewhere. */
export function captureConstraints(track: MediaStreamTrack): MediaTrackConstraints | undefined {
  return capturedWith.get(track);
}

/**
 * Opens a device; what the browser refuses becomes a coded error that says what the user can do (a `permission-denied`
 * has `by: 'system'` in its context where the system forbids it to the browser). A room that is given the track treats
 * it as its own: a camera that is muted is closed, light and all, and opened again later.
 */
export async function capture(kind: CaptureKind, constraints?: MediaTrackConstraints): Promise<MediaStreamTrack> {
  assertCapturePossible();
  const asked = constraints ?? (kind === 'camera' ? cameraDefault : microphoneDefault);
  const request: MediaStreamConstraints = kind === 'camera' ? { video: asked } : { audio: asked };
  try {
    const stream = await navigator.mediaDevices.getUserMedia(request);
    const [track] = stream.getTracks();
    if (track !== undefined) {
      capturedWith.set(track, asked);
      return track;
    }
  } catch (error) {
    throw explainCaptureError(kind, error);
  }
  throw new CodedError('device-missing', `No ${kind} was found; plug one in, or join without it.`, { kind });
}

/** Opens camera and microphone with one question to the user. When that fails, each alone says what is wrong with it. */
export async function captureBoth(
  camera?: MediaTrackConstraints,
  microphone?: MediaTrackConstraints,
): Promise<{ readonly camera: MediaStreamTrack; readonly microphone: MediaStreamTrack } | undefined> {
  assertCapturePossible();
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: camera ?? cameraDefault,
      audio: microphone ?? microphoneDefault,
    });
    const [video] = stream.getVideoTracks();
    const [audio] = stream.getAudioTracks();
    if (video === undefined || audio === undefined) return undefined;
    capturedWith.set(video, camera ?? cameraDefault);
    capturedWith.set(audio, microphone ?? microphoneDefault);
    return { camera: video, microphone: audio };
  } catch {
    return undefined;
  }
}

/** Browsers give no devices to pages that are not secure. */
function assertCapturePossible(): void {
  if (globalThis.isSecureContext && navigator.mediaDevices !== undefined) return;
  throw new CodedError(
    'insecure-context',
    'The browser gives no camera or microphone to plain http; open the page by its https address.',
  );
}

function explainCaptureError(kind: CaptureKind, error: unknown): CodedError {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new CodedError(
        'permission-denied',
        `The ${kind} is not allowed; allow it in the address bar and try again.`,
        // Only the text tells it: "Permission denied by system".
        { kind, by: /system/i.test(message) ? 'system' : undefined },
      );
    case 'NotFoundError':
      return new CodedError('device-missing', `No ${kind} was found; plug one in, or join without it.`, { kind });
    case 'NotReadableError':
    case 'AbortError':
      return new CodedError('device-busy', `The ${kind} is used by another program; close it and try again.`, { kind });
    case 'OverconstrainedError':
      return new CodedError('device-unsuitable', `No ${kind} can do what was asked; ask for less.`, { kind });
    default:
      return new CodedError('device-failed', `The ${kind} could not be opened: ${name || String(error)}.`, { kind });
  }
}
