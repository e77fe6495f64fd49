import { readonly, ref, type Ref } from 'vue';

/** What can stand beside the stage. */
export type PanelName = 'chat' | 'people';

/** One thing at a time stands beside the stage. */
export interface Panel {
  readonly open: Readonly<Ref<PanelName | undefined>>;
  toggle(name: PanelName): void;
  close(): void;
}

/** Who closes it goes on where it was opened from. */
export function makePanel(): Panel {
  const open = ref<PanelName>();
  let before: Element | null = null;

  function close(): void {
    if (open.value === undefined) return;
    open.value = undefined;
    if (before instanceof HTMLElement && before.isConnected) before.focus();
    before = null;
  }

  return {
    open: readonly(open),
    close,
    toggle(name) {
      if (open.value === name) return close();
      if (open.value === undefined) before = document.activeElement;
      open.value = name;
    },
  };
}
