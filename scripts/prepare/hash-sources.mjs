import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A hash of files and folders, given by their places under `root`; tests and what was built are left out. */
export function hashSources(root, sources) {
  const hash = createHash('sha256');
  for (const source of sources) addSource(hash, root, source);
  return hash.digest('hex');
}

function addSource(hash, root, place) {
  const full = path.join(root, place);
  let entries;
  try {
    entries = readdirSync(full, { withFileTypes: true });
  } catch (error) {
    if (error.code !== 'ENOTDIR') throw error;
    hash.update(`${place}\0`).update(readFileSync(full)).update('\0');
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.endsWith('.test.ts')) continue;
    addSource(hash, root, `${place}/${entry.name}`);
  }
}
