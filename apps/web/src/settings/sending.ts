import { type AudioLimits, type JoinOptions, sendableCodecs, type VideoCodec, type VideoLimits } from '@rivero/sdk';
import { readonly, ref } from 'vue';
import { forget, recall, remember } from '../preferences.ts';

/** What is sent at most, and in which codec. Left out: as the browser likes. */
export interface Sending {
  readonly camera: VideoLimits;
  readonly screen: VideoLimits;
  readonly microphone: AudioLimits;
  readonly codec: VideoCodec | undefined;
}

/** What somebody can limit in the settings. */
export type Limited = 'camera' | 'screen' | 'microphone';

const limitNames = ['bitrate', 'frameRate', 'height'] as const;
const unlimited: Sending = { camera: {}, screen: {}, microphone: {}, codec: undefined };

function readLimits(kept: unknown): VideoLimits {
  const known = Object(kept) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    limitNames.flatMap((name) => {
      const value = known[name];
      return typeof value === 'number' && Number.isFinite(value) && value > 0 ? [[name, value]] : [];
    }),
  );
}

/** What the browser kept; what else may stand there limits nothing. */
export function readSending(text: string | undefined): Sending {
  try {
    const kept = Object(JSON.parse(text ?? '{}')) as Readonly<Record<string, unknown>>;
    const { bitrate } = readLimits(kept['microphone']);
    return {
      camera: readLimits(kept['camera']),
      screen: readLimits(kept['screen']),
      microphone: bitrate === undefined ? {} : { bitrate },
      codec: sendableCodecs().find((codec) => codec === kept['codec']),
    };
  } catch {
    return unlimited;
  }
}

const chosen = ref(readSending(recall('sending')));

/** What was chosen in this browser. */
export const sending = readonly(chosen);

function keep(next: Sending): void {
  chosen.value = next;
  const { camera, screen, microphone, codec } = next;
  const isUnlimited = [camera, screen, microphone].every((limits) => Object.keys(limits).length === 0);
  if (isUnlimited && codec === undefined) forget('sending');
  else remember('sending', JSON.stringify(next));
}

export function keepLimits(limited: Limited, limits: VideoLimits): void {
  keep({ ...chosen.value, [limited]: limits });
}

export function keepCodec(codec: VideoCodec | undefined): void {
  keep({ ...chosen.value, codec });
}

/** What was chosen, as joining takes it. */
export function sendingOptions(): Pick<
  JoinOptions,
  'cameraLimits' | 'screenLimits' | 'microphoneLimits' | 'preferredCodec'
> {
  const { camera, screen, microphone, codec } = chosen.value;
  return {
    cameraLimits: camera,
    screenLimits: screen,
    microphoneLimits: microphone,
    ...(codec === undefined ? {} : { preferredCodec: codec }),
  };
}
