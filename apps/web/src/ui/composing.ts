/** Safari tells the key that ends a composition after its end, with this code alone. */
const composingKeyCode = 229;

/** Whether the key belongs to the input method, as in the middle of a Chinese word: there it chooses or drops characters. */
export function isComposing({ isComposing, keyCode }: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  return isComposing || keyCode === composingKeyCode;
}
