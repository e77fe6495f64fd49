/** What of a pressed key decides. */
export type SendKey = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'isComposing' | 'keyCode'>;

/** Safari tells the Enter that ends a composition after its end, with this code alone. */
const composingKeyCode = 229;

/** Enter sends; with Shift it begins a line, and in the middle of a Chinese word it chooses the characters. */
export function isSendKey({ key, shiftKey, altKey, isComposing, keyCode }: SendKey): boolean {
  return key === 'Enter' && !shiftKey && !altKey && !isComposing && keyCode !== composingKeyCode;
}
