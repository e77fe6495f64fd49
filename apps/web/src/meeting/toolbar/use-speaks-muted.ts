import { onScopeDispose, readonly, ref, type Ref, watch } from 'vue';
import { measureLoudness } from './measure-loudness.ts';
import { SpeechWatch } from './speech-watch.ts';

/** So long the notice stands. */
const shownMs = 7_000;

export interface SpeaksMutedOptions {
  /** What is published; muted it is silent, for us too. */
  readonly microphone: Readonly<Ref<MediaStreamTrack | undefined>>;
  readonly isMicrophoneOn: Readonly<Ref<boolean>>;
  readonly measure?: typeof measureLoudness;
  readonly now?: () => number;
}

/** Whether somebody who speaks is to be told that nobody hears it. */
export function useSpeaksMuted({
  microphone,
  isMicrophoneOn,
  measure = measureLoudness,
  now = () => performance.now(),
}: SpeaksMutedOptions): Readonly<Ref<boolean>> {
  const isTold = ref(false);
  const speech = new SpeechWatch();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end = (): void => {};

  function hide(): void {
    clearTimeout(timer);
    isTold.value = false;
  }

  function hear(level: number): void {
    if (!speech.look(level, now())) return;
    hide();
    isTold.value = true;
    timer = setTimeout(hide, shownMs);
  }

  /** A muted track gives silence; its copy is heard by this page alone, and ends with the muting or the device. */
  function listen(track: MediaStreamTrack): () => void {
    const copy = track.clone();
    copy.enabled = true;
    const stop = measure(copy, hear);
    return () => {
      stop();
      copy.stop();
      speech.forget();
      hide();
    };
  }

  watch(
    [microphone, isMicrophoneOn],
    ([track, isOn]) => {
      end();
      end = track === undefined || isOn || track.readyState === 'ended' ? () => {} : listen(track);
    },
    { immediate: true, flush: 'sync' },
  );
  onScopeDispose(() => end());
  return readonly(isTold);
}
