import { onBeforeUnmount, readonly, ref, type Ref, watch } from 'vue';

/** What is quieter than this shows nothing, in decibels below the loudest. */
const floorDb = -60;

/** Loudness of a piece of sound, from 0 (silence) to 1 (the loudest there is). */
export function soundLevel(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, 1 - db / floorDb));
}

/** Loudness of a track; undefined as long as the browser lets the page not listen. */
export function useSoundLevel(track: Readonly<Ref<MediaStreamTrack | undefined>>): Readonly<Ref<number | undefined>> {
  const level = ref<number>();
  let end = (): void => {};

  function listen(source: MediaStreamTrack | undefined): void {
    end();
    level.value = undefined;
    if (source === undefined || typeof AudioContext === 'undefined') return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    const samples = new Float32Array(analyser.fftSize);
    context.createMediaStreamSource(new MediaStream([source])).connect(analyser);
    let frame = 0;
    function measure(): void {
      analyser.getFloatTimeDomainData(samples);
      level.value = context.state === 'running' ? soundLevel(samples) : undefined;
      frame = requestAnimationFrame(measure);
    }
    frame = requestAnimationFrame(measure);
    // Without a press of a button before, it starts only at the next one.
    const resume = (): void => void context.resume().catch(() => {});
    addEventListener('click', resume);
    resume();
    end = () => {
      end = () => {};
      removeEventListener('click', resume);
      cancelAnimationFrame(frame);
      context.close().catch(() => {});
    };
  }

  watch(track, listen, { immediate: true });
  onBeforeUnmount(() => end());
  return readonly(level);
}
