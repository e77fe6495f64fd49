import { onBeforeUnmount, readonly, ref, type Ref } from 'vue';
import { testSound } from './test-sound.ts';

export interface TestSound {
  readonly isPlaying: Readonly<Ref<boolean>>;
  readonly hasFailed: Readonly<Ref<boolean>>;
  /** On the speaker with this identifier; undefined: the browser's choice. */
  play(speaker: string | undefined): Promise<void>;
}

/** A short sound to try a speaker with; it ends with the page. */
export function useTestSound(): TestSound {
  const isPlaying = ref(false);
  const hasFailed = ref(false);
  let stop = (): void => {};

  async function play(speaker: string | undefined): Promise<void> {
    stop();
    const address = URL.createObjectURL(new Blob([testSound()], { type: 'audio/wav' }));
    const audio = new Audio(address);
    const end = (): void => {
      if (stop !== end) return;
      stop = () => {};
      audio.pause();
      URL.revokeObjectURL(address);
      isPlaying.value = false;
    };
    stop = end;
    isPlaying.value = true;
    hasFailed.value = false;
    audio.addEventListener('ended', end);
    try {
      if (speaker !== undefined) await audio.setSinkId(speaker);
      if (stop === end) await audio.play();
    } catch {
      if (stop === end) hasFailed.value = true;
      end();
    }
  }

  onBeforeUnmount(() => stop());
  return { isPlaying: readonly(isPlaying), hasFailed: readonly(hasFailed), play };
}
