import { captureConstraints } from './local-media.ts';
import { constraintsWithin, type VideoLimits } from './send-limits.ts';

/** What a device gave before it was asked for less. */
const fullSettings = new WeakMap<MediaStreamTrack, MediaTrackSettings>();

/**
 * Asks a camera of ours for no more than is sent, which saves the work to make it. What it refuses, or what the page
 * gave us, is made smaller when it is sent.
 */
export async function keepDeviceWithin(track: MediaStreamTrack, limits: VideoLimits): Promise<void> {
  const asked = captureConstraints(track);
  const isLimited = limits.height !== undefined || limits.frameRate !== undefined;
  if (asked === undefined || track.kind !== 'video' || (!isLimited && !fullSettings.has(track))) return;
  const full = fullSettings.get(track) ?? track.getSettings();
  fullSettings.set(track, full);
  await track.applyConstraints(constraintsWithin(limits, asked, full)).catch(() => {});
}
