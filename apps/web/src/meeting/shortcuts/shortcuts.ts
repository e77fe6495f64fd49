import { areShortcutsOn } from './shortcuts-on.ts';

/** What a key does in the meeting. */
export type ShortcutAction =
  | 'microphone'
  | 'talk'
  | 'camera'
  | 'share'
  | 'chat'
  | 'people'
  | 'layout'
  | 'fullScreen'
  | 'hand'
  | 'help'
  | 'close';

export interface Shortcut {
  readonly action: ShortcutAction;
  /** The letter or sign that the key types, or its name. */
  readonly key: string;
  readonly label: (t: (key: string) => string) => string;
}

/** All keys of the meeting: what is pressed, what the help says, and what buttons tell. */
export const shortcuts: readonly Shortcut[] = [
  { action: 'microphone', key: 'M', label: (t) => t('shortcuts.microphone') },
  { action: 'talk', key: 'Space', label: (t) => t('shortcuts.talk') },
  { action: 'camera', key: 'V', label: (t) => t('shortcuts.camera') },
  { action: 'share', key: 'D', label: (t) => t('shortcuts.share') },
  { action: 'chat', key: 'C', label: (t) => t('shortcuts.chat') },
  { action: 'people', key: 'P', label: (t) => t('shortcuts.people') },
  { action: 'layout', key: 'W', label: (t) => t('shortcuts.layout') },
  { action: 'fullScreen', key: 'S', label: (t) => t('shortcuts.fullScreen') },
  { action: 'hand', key: 'R', label: (t) => t('shortcuts.hand') },
  { action: 'help', key: '?', label: (t) => t('shortcuts.help') },
  { action: 'close', key: 'Escape', label: (t) => t('shortcuts.close') },
];

/** Undefined while keys are turned off; reactive. */
export function keyOf(action: ShortcutAction): string | undefined {
  if (!areShortcutsOn.value) return undefined;
  return shortcuts.find((shortcut) => shortcut.action === action)?.key;
}
