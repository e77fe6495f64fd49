import { computed, readonly, type Ref, ref } from 'vue';

/** Which of the sounds the browser holds back until a button is pressed. */
export interface BlockedSounds {
  /** One that is still there is held back. */
  readonly isAny: Readonly<Ref<boolean>>;
  readonly add: (id: string) => void;
  readonly clear: () => void;
}

/** Of the sounds with these identifiers: who leaves takes what was held back along. */
export function useBlockedSounds(ids: () => readonly string[]): BlockedSounds {
  const blocked = ref<ReadonlySet<string>>(new Set());
  return {
    isAny: readonly(computed(() => ids().some((id) => blocked.value.has(id)))),
    add: (id) => void (blocked.value = new Set(blocked.value).add(id)),
    clear: () => void (blocked.value = new Set()),
  };
}
