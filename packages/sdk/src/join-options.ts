import type { VideoCodec } from './codec-preference.ts';
import type { AudioLimits, VideoLimits } from './send-limits.ts';

export interface JoinOptions {
  /** Address of the server; left out: the one the page came from. A server refuses pages of every other origin. */
  readonly url?: string;
  readonly room: string;
  readonly name: string;
  /** Makes us a host, and lets us into a locked room; a wrong or old one is no error. See `Room.hostToken`. */
  readonly hostToken?: string;
  /** true or constraints: opened and published at once; or a track of your own. Default: neither. */
  readonly camera?: boolean | MediaTrackConstraints | MediaStreamTrack;
  readonly microphone?: boolean | MediaTrackConstraints | MediaStreamTrack;
  /** What is sent at most; `Room.setCameraLimits` changes it later. Default: no limits. */
  readonly cameraLimits?: VideoLimits;
  readonly screenLimits?: VideoLimits;
  readonly microphoneLimits?: AudioLimits;
  /** For camera and screen; a browser that cannot send it takes its own. Default: what the browser likes best. */
  readonly preferredCodec?: VideoCodec;
}
