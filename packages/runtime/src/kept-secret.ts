import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CodedError } from '@rivero/core';

/** Random bytes of a secret that is made. */
const secretBytes = 32;

/** A secret that lasts from one start to the next: made once, and kept in the data folder for this user only. `data-dir-unwritable`. */
export async function openKeptSecret(dataDir: string, name: string): Promise<string> {
  const file = path.join(dataDir, name);
  try {
    const kept = await readFile(file, 'utf8').catch(absent);
    if (/^[\w-]{16,256}$/.test(kept.trim())) return kept.trim();
    const secret = randomBytes(secretBytes).toString('base64url');
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, `${secret}\n`, { mode: 0o600 });
    await rename(draft, file);
    return secret;
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CodedError(
      'data-dir-unwritable',
      `The file ${file} cannot be read or written (${cause}); change its rights, or set RIVERO_DATA_DIR to another folder.`,
      { file, cause },
    );
  }
}

function absent(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}
