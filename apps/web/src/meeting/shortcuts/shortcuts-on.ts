import { readonly, ref } from 'vue';
import { recall, remember } from '../../preferences.ts';

const isOn = ref(recall('shortcuts') !== 'off');

/** Whether single keys do something: who speaks to the computer, or strikes keys by chance, turns them off (WCAG 2.1.4). */
export const areShortcutsOn = readonly(isOn);

export function setShortcutsOn(on: boolean): void {
  isOn.value = on;
  remember('shortcuts', on ? 'on' : 'off');
}
