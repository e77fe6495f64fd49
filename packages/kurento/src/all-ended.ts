/** Resolves when all have ended; rejects then, when one of them did. */
export async function allEnded(ends: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(ends);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
