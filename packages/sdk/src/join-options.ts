import type { VideoCodec } from './codec-preference.ts';
import type { AudioLimits, VideoLimits } from './send-limits.ts';

/** Who joins where, with what. */
export interface JoinOptions {
  /** Address of the server; left out: the one the page came from. A server refuses pages of every other origin. */
  readonly url?: string;
  /** The room's name; it is opened by who joins it first. */
  readonly room: string;
  /** Our own, as the others see it. */
  readonly name: string;
  /** Makes us a host, and lets us into a locked room; a wrong or old one is no error. See `Room.hostToken`. */
  readonly hostToken?: string;
  /**
   * true or constraints: opened and published at once. Or a track of your own, which stays yours: the SDK never stops it,
   * mutes by its `enabled`, and publishes it as muted when it is not enabled. Default: neither.
   */
  readonly camera?: boolean | MediaTrackConstraints | MediaStreamTrack;
  /** Like `camera`. */
  readonly microphone?: boolean | MediaTrackConstraints | MediaStreamTrack;
  /** The microphone is open and silent until `Room.setMicrophoneMuted(false)`. Default: false. */
  readonly microphoneMuted?: boolean;
  /** What is sent at most; `Room.setCameraLimits` changes it later. Default: no limits. */
  readonly cameraLimits?: VideoLimits;
  readonly screenLimits?: VideoLimits;
  readonly microphoneLimits?: AudioLimits;
  /** For camera and screen; a browser that cannot send it takes its own. Default: what the browser likes best. */
  readonly preferredCodec?: VideoCodec;
  /**
   * `relay`: our media goes through the server's TURN relay and not otherwise, as when a host wants that of everybody
   * (`Moderation.setRelayOnly`). Default: `all`, the best path there is.
   */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
}
