import type { TrackSource } from '@rivero/api';
import type { VideoCodec } from './codec-preference.ts';
import type { JoinOptions } from './join-options.ts';
import { assertLimits, type AudioLimits, type VideoLimits } from './send-limits.ts';

/** What the page wants of all that we send; it outlives tracks, devices and connections. */
export class SendWishes {
  camera: VideoLimits;
  screen: VideoLimits;
  microphone: AudioLimits;
  preferredCodec: VideoCodec | undefined;

  constructor(join: Pick<JoinOptions, 'cameraLimits' | 'screenLimits' | 'microphoneLimits' | 'preferredCodec'> = {}) {
    this.camera = join.cameraLimits ?? {};
    this.screen = join.screenLimits ?? {};
    this.microphone = join.microphoneLimits ?? {};
    for (const limits of [this.camera, this.screen, this.microphone]) assertLimits(limits);
    this.preferredCodec = join.preferredCodec;
  }

  /** What a track of that source is held to. */
  limitsOf(source: TrackSource): VideoLimits {
    switch (source) {
      case 'camera':
        return this.camera;
      case 'screen':
        return this.screen;
      case 'microphone':
        return this.microphone;
      case 'screen-audio':
        return {};
    }
  }
}
