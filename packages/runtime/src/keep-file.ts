import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dataDirProblem } from './data-dir.ts';

/** Writes a file of the data folder for this user only; it appears whole or not at all. `data-dir-unwritable`. */
export async function keepFile(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  // Another program may be starting over the same folder.
  const unfinished = `${file}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(unfinished, text, { mode: 0o600 });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw dataDirProblem(`folder ${folder}`, error);
  }
}
