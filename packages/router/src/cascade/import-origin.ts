import type { BitsPerSecond } from '@rivero/core';

/** The way back to the router of a publisher: what its receivers here want. */
export interface ImportOrigin {
  /** Somebody here receives the track, or nobody does any more. */
  setReceived(producerId: string, isReceived: boolean): void;
  requestKeyframe(producerId: string): void;
  /** Its video is to take no more, for the sake of the receivers here; what {@link liftedBitrate} says is no limit. */
  limitBitrate(bitrate: BitsPerSecond): void;
}
