/** The text for an error code; codes that need no words of their own share one, with `code` and `message` in it. */
export function problemKey(code: string, exists: (key: string) => boolean): string {
  const key = `error.${code}`;
  return exists(key) ? key : 'error.other';
}
