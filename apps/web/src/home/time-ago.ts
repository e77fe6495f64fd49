const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** How long ago that was, in words of the language: `2 hours ago`, `昨天`. */
export function timeAgo(at: number, now: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const passed = Math.max(0, now - at);
  for (const [unit, duration] of steps) {
    if (passed >= duration) return format.format(-Math.floor(passed / duration), unit);
  }
  return format.format(0, 'minute');
}
