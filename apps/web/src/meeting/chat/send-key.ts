import { isComposing } from '../../ui/composing.ts';

/** What of a pressed key decides. */
export type SendKey = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'isComposing' | 'keyCode'>;

/** Enter sends; with Shift it begins a line, and in the middle of a Chinese word it chooses the characters. */
export function isSendKey(press: SendKey): boolean {
  return press.key === 'Enter' && !press.shiftKey && !press.altKey && !isComposing(press);
}
