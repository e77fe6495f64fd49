import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { importTable } from './import-table.ts';
import { importFault, importsOf, packageOf, rowOf } from './imports.ts';
import { root, sourceFiles } from './tree.ts';

/** Fewer means that this test looks in the wrong place. */
const sourceFilesMin = 100;

const indexedFolders = new Set(
  sourceFiles
    .filter(({ path: place }) => place.endsWith('/index.ts'))
    .map(({ path: place }) => path.posix.dirname(place)),
);

describe('imports', () => {
  it('were read: many files, and the ways to import are recognized', () => {
    expect(sourceFiles.length).toBeGreaterThan(sourceFilesMin);
    const imports = sourceFiles.flatMap((file) => importsOf(file));
    expect(imports.filter((specifier) => specifier === '@rivero/core').length).toBeGreaterThan(20);
    const text = [
      "import { a } from 'a';",
      "import type {\n  B,\n} from './b.ts';",
      "export { c } from 'c/d';",
      "import 'e';",
      `const f = await import(${["'f'"].join('')});`,
      "// we take this from 'nowhere'",
    ].join('\n');
    expect(importsOf({ path: 'x.ts', text })).toEqual(['a', './b.ts', 'c/d', 'e', 'f']);
  });

  it('follow the import table, and enter folders by their index', () => {
    const faults = sourceFiles.flatMap((file) =>
      importsOf(file).flatMap((specifier) => {
        const fault = importFault(file, specifier, indexedFolders);
        return fault === undefined ? [] : [`${file.path} imports ${specifier}: ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  it('of our packages name only what their exports list', () => {
    const faults = sourceFiles.flatMap((file) =>
      importsOf(file)
        .filter(
          (specifier) => specifier.startsWith('@rivero/') && !exportedNames(packageOf(specifier)).includes(specifier),
        )
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(faults).toEqual([]);
  });

  it.each([
    ['packages/core/src/units.ts', 'node:fs'],
    ['packages/core/src/units.ts', '@rivero/protocol/stun'],
    ['packages/router/src/router.ts', 'node:crypto'],
    ['packages/router/src/router.ts', '@rivero/transport'],
    ['packages/platform/src/rooms.ts', '@rivero/router'],
    ['packages/sdk/src/room.ts', 'node:events'],
    ['apps/web/src/main.ts', '@rivero/api'],
    ['packages/runtime/src/a.ts', '../../core/src/units.ts'],
    ['packages/runtime/src/http/a.ts', '../config/settings.ts'],
    ['packages/runtime/src/a.ts', 'left-pad'],
    ['elsewhere/a.ts', 'vitest'],
  ])('of %s may not be %s', (place, specifier) => {
    const folders = new Set(['packages/runtime/src', 'packages/runtime/src/config']);
    expect(importFault({ path: place, text: '' }, specifier, folders)).toBeTypeOf('string');
  });

  it('go one way: a row names only packages that stand above it', () => {
    const seen = new Set<string>();
    for (const { place, packages } of importTable) {
      for (const name of packages) expect(seen, `${place} names ${name}`).toContain(name);
      const [, folder] = /^packages\/([^/]+)\/$/.exec(place) ?? [];
      if (folder !== undefined) seen.add(`@rivero/${folder}`);
    }
  });

  it('have a row for every source file', () => {
    expect(sourceFiles.map(({ path: place }) => place).filter((place) => rowOf(place) === undefined)).toEqual([]);
  });
});

function exportedNames(name: string): readonly string[] {
  const folder = name.replace('@rivero/', 'packages/');
  const { exports } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string>>;
  };
  return Object.keys(exports).map((key) => path.posix.join(name, key));
}
