import { onScopeDispose, readonly, type Ref, ref } from 'vue';

export interface FullScreen {
  /** False where the browser has no such thing, as on iPhones. */
  readonly isSupported: boolean;
  readonly isOn: Readonly<Ref<boolean>>;
  toggle(): Promise<void>;
}

/** The whole page on the whole screen: menus and dialogs stay usable. */
export function useFullScreen(): FullScreen {
  const isOn = ref(document.fullscreenElement !== null);
  const follow = (): void => void (isOn.value = document.fullscreenElement !== null);
  document.addEventListener('fullscreenchange', follow);
  onScopeDispose(() => {
    document.removeEventListener('fullscreenchange', follow);
    // No page outside has a button for it.
    if (document.fullscreenElement !== null) document.exitFullscreen().catch(() => {});
  });
  return {
    isSupported: document.fullscreenEnabled,
    isOn: readonly(isOn),
    async toggle() {
      // Refused only without a press of a button or key; then nothing changes, which says enough.
      const change =
        document.fullscreenElement !== null ? document.exitFullscreen() : document.documentElement.requestFullscreen();
      await change.catch(() => {});
    },
  };
}
