/** Controls, halves of characters, line ends, and what turns the direction of the text behind it. */
const misleading = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** Something to see: not only spaces, joiners and fillers. */
const visible = /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Has characters that make others see something else than what was written, or more lines than one. */
export function isMisleading(text: string): boolean {
  return misleading.test(text);
}

/** Shows something on a screen. */
export function isVisible(text: string): boolean {
  return visible.test(text);
}
