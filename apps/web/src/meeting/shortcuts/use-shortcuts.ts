import { onScopeDispose } from 'vue';
import { actionOf, buttonOf, focusOf } from './key-press.ts';
import type { PushToTalk } from './push-to-talk.ts';
import { areShortcutsOn } from './shortcuts-on.ts';
import type { ShortcutAction } from './shortcuts.ts';

/** What keys do that are pressed and not held. */
export type ShortcutActions = Readonly<Partial<Record<Exclude<ShortcutAction, 'talk'>, () => void>>>;

/** Listens to the keys of the meeting until the component ends. */
export function useShortcuts(actions: ShortcutActions, talk: PushToTalk): void {
  /** The button a pointer pressed last: it has the focus by chance, and Space is not meant for it. */
  let pointedAt: Element | undefined;
  /** Space is down, and is not the browser's. */
  let isSpaceTaken = false;

  function handlePointer({ target }: Event): void {
    pointedAt = target instanceof Element ? buttonOf(target) : undefined;
  }

  function handleDown(event: KeyboardEvent): void {
    const target = event.target instanceof Element ? event.target : undefined;
    if (event.key === 'Tab') pointedAt = undefined;
    const isPointedAt = target !== undefined && target === pointedAt;
    const found = focusOf(target);
    const focus = isPointedAt && found === 'button' ? 'free' : found;
    // A held Space scrolls.
    if (isSpaceTaken && event.key === ' ' && focus === 'free') event.preventDefault();
    const action = actionOf(event, focus);
    if (action === undefined || (!areShortcutsOn.value && action !== 'close')) return;
    if (action === 'talk') {
      event.preventDefault();
      isSpaceTaken = true;
      talk.press();
    } else if (actions[action] !== undefined) {
      // Or the letter would be typed into a field that it opens.
      event.preventDefault();
      actions[action]();
    }
  }

  function handleUp(event: KeyboardEvent): void {
    if (event.key !== ' ') return;
    // Buttons are pressed when it comes up.
    if (isSpaceTaken) event.preventDefault();
    isSpaceTaken = false;
    talk.release();
  }

  function release(): void {
    isSpaceTaken = false;
    talk.release();
  }

  document.addEventListener('pointerdown', handlePointer, true);
  document.addEventListener('keydown', handleDown);
  document.addEventListener('keyup', handleUp);
  document.addEventListener('visibilitychange', release);
  globalThis.addEventListener('blur', release);
  onScopeDispose(() => {
    document.removeEventListener('pointerdown', handlePointer, true);
    document.removeEventListener('keydown', handleDown);
    document.removeEventListener('keyup', handleUp);
    document.removeEventListener('visibilitychange', release);
    globalThis.removeEventListener('blur', release);
    talk.release();
  });
}
