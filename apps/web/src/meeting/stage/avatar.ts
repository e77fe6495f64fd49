/** Firefox has it since 125; without it a letter of several characters is cut, which few names have. */
const graphemes = 'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : undefined;

function letters(text: string): readonly string[] {
  if (graphemes === undefined) return Array.from(text);
  return [...graphemes.segment(text)].map(({ segment }) => segment);
}

/** What stands for a name without a picture: the initials of first and last word; of a Chinese name its last two signs. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  if (/^[\p{Script=Han}·]+$/u.test(name.trim())) return letters(name.trim()).slice(-2).join('');
  const chosen = words.length === 1 ? letters(first).slice(0, 1) : [letters(first)[0], letters(last)[0]];
  return chosen.join('').toLocaleUpperCase();
}

/** A hue in degrees, always the same for a name, and far from that of most other names. */
export function hueOf(name: string): number {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  // The golden angle spreads neighbours.
  return Math.round((hash * 137.508) % 360);
}
