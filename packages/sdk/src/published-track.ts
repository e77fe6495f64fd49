import type { TrackKind, TrackSource } from '@rivero/api';

/** A track of ours as it is published. The room changes it; the page reads it. */
export interface PublishedTrack {
  readonly trackId: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  /** What is sent; undefined while the device is off. */
  readonly track: MediaStreamTrack | undefined;
  /** The others see that it is off. */
  readonly muted: boolean;
}

/** A published track in the hands of who turns it on and off. */
export interface OwnTrack extends PublishedTrack {
  track: MediaStreamTrack | undefined;
  muted: boolean;
}
