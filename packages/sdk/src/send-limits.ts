import { CodedError } from '@rivero/core';

/** What we send of a microphone at most. */
export interface AudioLimits {
  /** In bits per second. */
  readonly bitrate?: number | undefined;
}

/** What we send of a camera or a screen at most. Left out: as much as device, network and browser can. */
export interface VideoLimits extends AudioLimits {
  /** In frames per second. */
  readonly frameRate?: number | undefined;
  /** Pixels of the shorter edge, so that 720 is "720p" for portrait pictures too. */
  readonly height?: number | undefined;
}

/** Refuses what is no limit: it must be a number above 0. */
export function assertLimits(limits: VideoLimits): void {
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue;
    throw new CodedError('limits-invalid', `The limit ${name} must be a number above 0.`, { name });
  }
}

/** An unsigned long of WebIDL. */
const bitrateMax = 2 ** 32 - 1;

/** The shorter edge of what the track shows; undefined: the browser does not know yet. */
function shorterEdge({ width, height }: MediaTrackSettings): number | undefined {
  return width === undefined || height === undefined ? undefined : Math.min(width, height);
}

/** Members of an encoding; undefined: not limited. */
export interface EncodingLimits {
  readonly maxBitrate: number | undefined;
  readonly maxFramerate: number | undefined;
  readonly scaleResolutionDownBy: number | undefined;
}

/** What an encoding has to say for these limits, with a track of these settings. */
export function encodingFor(limits: VideoLimits, settings: MediaTrackSettings): EncodingLimits {
  const { bitrate, frameRate, height } = limits;
  const scale = height === undefined ? 1 : (shorterEdge(settings) ?? 0) / height;
  return {
    maxBitrate: bitrate === undefined ? undefined : Math.min(Math.ceil(bitrate), bitrateMax),
    maxFramerate: frameRate,
    scaleResolutionDownBy: scale > 1 ? scale : undefined,
  };
}

/** What to ask a device for that gives this size, so that it gives no more than what is sent. */
export function constraintsWithin(
  limits: VideoLimits,
  asked: MediaTrackConstraints,
  full: MediaTrackSettings,
): MediaTrackConstraints {
  const { frameRate, height } = limits;
  const edge = shorterEdge(full) ?? 0;
  const scale = height === undefined || edge <= height ? 1 : height / edge;
  const { width: fullWidth = 0, height: fullHeight = 0 } = full;
  return {
    ...asked,
    // Even numbers: encoders halve the colours.
    ...(scale === 1 ? {} : { width: { ideal: even(fullWidth * scale) }, height: { ideal: even(fullHeight * scale) } }),
    ...(frameRate === undefined ? {} : { frameRate: { ideal: frameRate, max: frameRate } }),
  };
}

function even(length: number): number {
  return 2 * Math.round(length / 2);
}
