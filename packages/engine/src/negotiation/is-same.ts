/** True for parameters that were read alike, in the same order. */
export function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
