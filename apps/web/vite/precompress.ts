import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(js|css|html|svg|json|webmanifest)$/;

/** Smaller files fit into one packet anyway. */
const bytesMin = 1_000;

/** Writes a `.br` and a `.gz` beside every text file of the build; the server sends the one that the browser takes. */
export function precompress(): Plugin {
  return {
    name: 'rivero:precompress',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const files = Object.values(bundle).filter(({ fileName }) => compressible.test(fileName));
      await Promise.all(
        files.map(async (file) => {
          const content = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          if (content.length < bytesMin) return;
          const written = path.join(dir, file.fileName);
          await Promise.all([
            promisify(gzip)(content, { level: 9 }).then((packed) => writeFile(`${written}.gz`, packed)),
            promisify(brotliCompress)(content).then((packed) => writeFile(`${written}.br`, packed)),
          ]);
        }),
      );
    },
  };
}
