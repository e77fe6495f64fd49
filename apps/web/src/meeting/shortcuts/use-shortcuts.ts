import { onScopeDispose } from 'vue';
import { actionOf, focusOf } from './key-press.ts';
import type { PushToTalk } from './push-to-talk.ts';
import type { ShortcutAction } from './shortcuts.ts';

/** What keys do that are pressed and not held. */
export type ShortcutActions = Readonly<Partial<Record<Exclude<ShortcutAction, 'talk'>, () => void>>>;

/** Listens to the keys of the meeting until the component ends. */
export function useShortcuts(actions: ShortcutActions, talk: PushToTalk): void {
  function handleDown(event: KeyboardEvent): void {
    const focus = focusOf(event.target instanceof Element ? event.target : undefined);
    // A held Space scrolls.
    if (talk.isHeld && event.key === ' ' && focus === 'free') event.preventDefault();
    const action = actionOf(event, focus);
    if (action === undefined) return;
    if (action === 'talk') {
      event.preventDefault();
      talk.press();
    } else if (actions[action] !== undefined) {
      // Or the letter would be typed into a field that it opens.
      event.preventDefault();
      actions[action]();
    }
  }

  function handleUp({ key }: KeyboardEvent): void {
    if (key === ' ') talk.release();
  }

  function release(): void {
    talk.release();
  }

  document.addEventListener('keydown', handleDown);
  document.addEventListener('keyup', handleUp);
  document.addEventListener('visibilitychange', release);
  globalThis.addEventListener('blur', release);
  onScopeDispose(() => {
    document.removeEventListener('keydown', handleDown);
    document.removeEventListener('keyup', handleUp);
    document.removeEventListener('visibilitychange', release);
    globalThis.removeEventListener('blur', release);
    talk.release();
  });
}
