import type { VideoLimits } from '@rivero/sdk';

/** One thing that can be limited. */
export type LimitName = 'height' | 'frameRate' | 'bitrate';

/** The list's value for no limit: lists take no empty one. */
export const noLimit = 'none';

/** What can be chosen for a camera (the app asks cameras for 720p, 30 frames) and for a screen; bit rates in bit/s. */
export const limitChoices: Readonly<Record<'camera' | 'screen', Readonly<Record<LimitName, readonly number[]>>>> = {
  camera: { height: [540, 360, 180], frameRate: [20, 15, 8], bitrate: [1_500_000, 800_000, 500_000, 250_000, 100_000] },
  screen: { height: [1080, 720], frameRate: [15, 5], bitrate: [2_500_000, 1_000_000, 500_000, 250_000] },
};

/** What can be chosen for a microphone (Opus, RFC 6716 section 2.1.1). */
export const microphoneBitrates: readonly number[] = [64_000, 32_000, 16_000];

/** A bit rate as it is written in every language; `write` writes numbers in this one. */
export function inKilobits(bitrate: number, write: (value: number) => string): string {
  return `${write(Math.round(bitrate / 1000))} kbit/s`;
}

/** The limits with another one in place; `noLimit` takes it away. */
export function withLimit(limits: VideoLimits, name: LimitName, value: string): VideoLimits {
  const { [name]: _before, ...others } = limits;
  return value === noLimit ? others : { ...others, [name]: Number(value) };
}

/** The choices with what is chosen now among them, the largest first. */
export function choicesWith(choices: readonly number[], chosen: number | undefined): readonly number[] {
  return chosen === undefined || choices.includes(chosen) ? choices : [...choices, chosen].toSorted((a, b) => b - a);
}
