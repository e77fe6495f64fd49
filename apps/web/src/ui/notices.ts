import { readonly, ref } from 'vue';

/** Something to know that passes by: it is shown for a moment, and read aloud. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  /** Of several about the same thing only the newest is shown. */
  readonly topic?: string;
}

/** More at once nobody reads. */
const noticesMax = 4;

const shown = ref<readonly Notice[]>([]);
let lastId = 0;

/** What is shown now, the oldest first. */
export const notices = readonly(shown);

export function notify(text: string, topic?: string): void {
  if (topic !== undefined) dismissTopic(topic);
  lastId += 1;
  shown.value = [...shown.value, { id: lastId, text, ...(topic === undefined ? {} : { topic }) }].slice(-noticesMax);
}

/** It is no news any more. */
export function dismissTopic(topic: string): void {
  shown.value = shown.value.filter((notice) => notice.topic !== topic);
}

export function dismissNotice(id: number): void {
  shown.value = shown.value.filter((notice) => notice.id !== id);
}

/** What was to know before is over, as a meeting that one has left. */
export function dismissNotices(): void {
  shown.value = [];
}
