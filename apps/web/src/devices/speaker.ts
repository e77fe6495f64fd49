import { readonly, type Ref, ref } from 'vue';
import { recall, remember } from '../preferences.ts';

const chosen = ref(recall('speaker'));

/** Where sound is played: the identifier of a device; undefined: where the browser plays it. Followed while it sounds. */
export const speaker: Readonly<Ref<string | undefined>> = readonly(chosen);

export function chooseSpeaker(deviceId: string): void {
  chosen.value = deviceId;
  remember('speaker', deviceId);
}
