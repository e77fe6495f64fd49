// `npm run docs:config`
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configDocuments } from './config-documents.ts';
import { root } from './tree.ts';

for (const { place, text } of configDocuments()) {
  await mkdir(path.dirname(path.join(root, place)), { recursive: true });
  await writeFile(path.join(root, place), text);
}
