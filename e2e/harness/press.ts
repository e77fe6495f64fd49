import { type BrowserPage, eventually } from './browser.ts';

/** So long it may be on its way to its place, or be covered by what goes by itself. */
const pressableMs = 8_000;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Runs in the page: where the element's middle is once it stands still there and is hit; else what is in the way. */
const placeToPress = `async (find) => {
  const middle = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  };
  const before = find();
  if (before === undefined) return 'it is gone';
  before.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
  const from = middle(before);
  await new Promise((resolve) => setTimeout(resolve, 40));
  const button = find();
  if (button === undefined) return 'it is gone';
  const place = middle(button);
  if (button !== before || place.x !== from.x || place.y !== from.y) return 'it moves';
  const hit = document.elementFromPoint(place.x, place.y);
  if (button.contains(hit)) return place;
  if (button.closest('[inert]') !== null) return 'it is inert';
  return 'it is covered by ' + (hit?.cloneNode().outerHTML ?? 'nothing: it is outside of the window');
}`;

/**
 * Presses with the mouse what this expression finds in the page, once it is there (else it is undefined), stands still and
 * is hit; what is covered or inert cannot be pressed, and the failure says by what.
 */
export async function press(page: BrowserPage, element: string, what: string, timeoutMs = pressableMs): Promise<void> {
  await eventually(page, `${element} !== undefined`, `${what}: it is there`);
  const end = Date.now() + timeoutMs;
  for (;;) {
    const place = await page.evaluate<Place | string>(`(${placeToPress})(() => ${element})`);
    if (typeof place !== 'string') return page.click(place.x, place.y);
    if (Date.now() > end) throw new Error(`${page.browser}: ${what}: it cannot be pressed: ${place}`);
  }
}
