import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { dataDirProblem } from './data-dir.ts';
import { keepFile } from './keep-file.ts';

/** Random bytes of a secret that is made. */
const secretBytes = 32;

/** A secret that lasts from one start to the next: made once, and kept in the data folder for this user only. `data-dir-unwritable`. */
export async function openKeptSecret(dataDir: string, name: string): Promise<string> {
  const file = path.join(dataDir, name);
  const kept = await readKept(file);
  if (/^[\w-]{16,256}$/.test(kept)) return kept;
  const secret = randomBytes(secretBytes).toString('base64url');
  await keepFile(file, `${secret}\n`);
  return secret;
}

/** Empty when there is none. */
async function readKept(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw dataDirProblem(`file ${file}`, error);
  }
}
