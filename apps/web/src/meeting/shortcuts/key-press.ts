import { type ShortcutAction, shortcuts } from './shortcuts.ts';

/** What has the focus: a field that is typed in, a dialog or menu with keys of its own, something that Space presses, or nothing of these. */
export type Focus = 'field' | 'overlay' | 'button' | 'free';

const fields = 'input, textarea, select, [contenteditable=""], [contenteditable="true"], [role="textbox"]';
const overlays = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';
const buttons = 'button, a[href], summary, [role="button"], [role="switch"], [role="slider"], [role="tab"]';

/** Of the element that a key was pressed in. */
export function focusOf(element: Pick<Element, 'closest'> | undefined): Focus {
  if (element === undefined) return 'free';
  if (element.closest(fields) !== null) return 'field';
  if (element.closest(overlays) !== null) return 'overlay';
  return element.closest(buttons) === null ? 'free' : 'button';
}

/** The button, or what is like one, that an element is or stands in. */
export function buttonOf(element: Pick<Element, 'closest'>): Element | undefined {
  return element.closest(buttons) ?? undefined;
}

/** What of a pressed key decides. */
export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'altKey' | 'metaKey' | 'repeat' | 'isComposing' | 'defaultPrevented'
>;

/** Its name in the table; on a keyboard of another script the place of the key counts. */
function nameOf({ key, code }: KeyPress): string {
  if (key === ' ') return 'Space';
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  const isOtherScript = key.length === 1 && key > '\u007f';
  return isOtherScript && letter !== undefined ? letter : key.length === 1 ? key.toUpperCase() : key;
}

/** What a pressed key does where the focus is. */
export function actionOf(press: KeyPress, focus: Focus): ShortcutAction | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  if (press.repeat || press.isComposing || press.defaultPrevented) return undefined;
  if (focus === 'field' || focus === 'overlay') return undefined;
  const name = nameOf(press);
  if (name === 'Space' && focus === 'button') return undefined;
  return shortcuts.find(({ key }) => key === name)?.action;
}
