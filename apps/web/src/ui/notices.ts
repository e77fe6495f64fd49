import { readonly, ref } from 'vue';

/** Something to know that passes by: it is shown for a moment, and read aloud. */
export interface Notice {
  readonly id: number;
  readonly text: string;
}

/** More at once nobody reads. */
const noticesMax = 4;

const shown = ref<readonly Notice[]>([]);
let lastId = 0;

/** What is shown now, the oldest first. */
export const notices = readonly(shown);

export function notify(text: string): void {
  lastId += 1;
  shown.value = [...shown.value, { id: lastId, text }].slice(-noticesMax);
}

export function dismissNotice(id: number): void {
  shown.value = shown.value.filter((notice) => notice.id !== id);
}
