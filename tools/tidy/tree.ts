import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** One text file; `path` is relative to the root, with slashes. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

const skippedFolders = new Set(['node_modules', 'dist', '.git', '.rivero', 'coverage', 'build']);

/** Files that git ignores too: what programs leave behind. */
const skippedFiles = /\.log$/;

function listFiles(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const place = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : listFiles(place);
    return entry.isFile() && !skippedFiles.test(entry.name) ? [place] : [];
  });
}

function readAll(): readonly TextFile[] {
  return listFiles('')
    .map((place) => ({ path: place, bytes: readFileSync(path.join(root, place)) }))
    .filter(({ bytes }) => !bytes.includes(0))
    .map(({ path: place, bytes }) => ({ path: place, text: bytes.toString('utf8') }));
}

/** Every text file of the repository, but for what is installed or built. */
export const textFiles = readAll();

/** Our own sources: TypeScript, Vue components and scripts. */
export const sourceFiles = textFiles.filter(
  ({ path: place }) => /\.(ts|vue|mjs)$/.test(place) && !place.includes('/fixtures/'),
);

export function isTest(place: string): boolean {
  return place.endsWith('.test.ts') || /^packages\/[^/]+\/test\//.test(place);
}
