/** Milliseconds as seconds, as exact as anybody needs it. */
export function inSeconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1);
}
