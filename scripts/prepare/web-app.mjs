import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pinnedNode } from './node-packages.mjs';
import { run } from './run.mjs';

/** What the built web app and the built SDK are made of. */
const sources = ['apps/web', 'packages/sdk', 'packages/api', 'packages/core', 'package-lock.json'];

/** Builds the web app, and the SDK for pages without a build, when their sources are not those of the last build. */
export function buildWebApp(root) {
  if (!existsSync(path.join(root, 'apps/web/index.html'))) return;
  const stamp = path.join(root, 'node_modules', '.cache', 'rivero', 'web-app');
  const hash = hashSources(root);
  const isBuilt = ['apps/web/dist/index.html', 'packages/sdk/dist/sdk.js'].every((file) =>
    existsSync(path.join(root, file)),
  );
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const build = (what, ...where) =>
    run(`building ${what}`, pinnedNode(root), [vite, 'build', ...where, '--logLevel', 'warn'], { cwd: root });
  build('the web app', 'apps/web');
  build('the SDK', 'packages/sdk', '--config', 'apps/web/vite.sdk.config.ts');
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

export function hashSources(root) {
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
