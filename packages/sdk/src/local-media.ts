import { CodedError } from '@rivero/core';

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

/** Opens a device; what the browser refuses becomes a coded error that says what the user can do. */
export async function capture(kind: CaptureKind, constraints?: MediaTrackConstraints): Promise<MediaStreamTrack> {
  assertCapturePossible();
  const request: MediaStreamConstraints =
    kind === 'camera' ? { video: constraints ?? cameraDefault } : { audio: constraints ?? microphoneDefault };
  try {
    const stream = await navigator.mediaDevices.getUserMedia(request);
    const [track] = stream.getTracks();
    if (track !== undefined) return track;
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
    return video === undefined || audio === undefined ? undefined : { camera: video, microphone: audio };
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
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new CodedError(
        'permission-denied',
        `The ${kind} is not allowed; allow it in the address bar and try again.`,
        { kind },
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
