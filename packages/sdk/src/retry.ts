/** Resolves after that many milliseconds. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Between attempts to enter again, or to negotiate anew after the media connection was lost. */
export const retryDelayMs = 500;
/** Attempts in a row, then it has failed. */
export const retriesMax = 20;
