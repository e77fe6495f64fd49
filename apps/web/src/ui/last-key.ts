let lastPress = '';

if (typeof document !== 'undefined') {
  document.addEventListener('keydown', ({ key }) => (lastPress = key), { capture: true, passive: true });
  document.addEventListener('pointerdown', () => (lastPress = ''), { capture: true, passive: true });
}

/** The focus is where it is because somebody went there by the keyboard. */
export function wasTabPressed(): boolean {
  return lastPress === 'Tab';
}
