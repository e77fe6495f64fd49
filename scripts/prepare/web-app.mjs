import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashSources } from './hash-sources.mjs';
import { pinnedNode } from './node-packages.mjs';
import { run } from './run.mjs';

/** What the built web app and the built SDK are made of. */
const sources = ['apps/web', 'packages/sdk', 'packages/api', 'packages/core', 'package-lock.json'];

/** Builds the web app, and the SDK for pages without a build, when their sources are not those of the last build. */
export function buildWebApp(root) {
  if (!existsSync(path.join(root, 'apps/web/index.html'))) return;
  const stamp = path.join(root, 'node_modules', '.cache', 'rivero', 'web-app');
  const hash = hashSources(root, sources);
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
