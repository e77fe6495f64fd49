import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { CodedError } from '@rivero/core';

/** Makes the data folder, for this user only, and tries to write in it: `data-dir-unwritable`. */
export async function openDataDir(folder: string): Promise<void> {
  const probe = path.join(folder, `.write-test-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await (await open(probe, 'wx', 0o600)).close();
    await rm(probe);
  } catch (error) {
    throw dataDirProblem(`data folder ${folder}`, error);
  }
}

/** Why something of the data folder is of no use: `place` says what and where it is. */
export function dataDirProblem(place: string, error: unknown): CodedError {
  const cause = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const message = `The ${place} cannot be read or written (${cause}); change its rights, or set RIVERO_DATA_DIR to another folder.`;
  return new CodedError('data-dir-unwritable', message, { place, cause });
}
