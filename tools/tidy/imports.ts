import path from 'node:path';
import { testRow, type ImportRow, importTable } from './import-table.ts';
import { isTest, type TextFile } from './tree.ts';

const statements = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'/gm,
  /^\s*import\s+'([^']+)'/gm,
  /\bimport\(\s*'([^']+)'\s*\)/g,
];

/** What a source file imports, as written. */
export function importsOf({ text }: TextFile): readonly string[] {
  return statements.flatMap((statement) => [...text.matchAll(statement)].map(([, specifier = '']) => specifier));
}

export function rowOf(place: string): ImportRow | undefined {
  return importTable.find((row) => place.startsWith(row.place));
}

/** `@rivero/protocol` of `@rivero/protocol/stun`, `vitest` of `vitest/config`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Why a file may not import what it does; undefined when it may. */
export function importFault(file: TextFile, specifier: string, folders: ReadonlySet<string>): string | undefined {
  if (specifier.startsWith('.')) return relativeFault(file.path, specifier, folders);
  const row = rowOf(file.path);
  if (row === undefined) return 'no row of the table fits';
  const fromTest = isTest(file.path);
  if (specifier.startsWith('node:')) {
    const isAllowed = fromTest || row.node === 'any' || row.node?.includes(specifier) === true;
    return isAllowed ? undefined : 'a pure or browser package imports no modules of Node';
  }
  const name = packageOf(specifier);
  const allowed: readonly string[] = [...row.packages, ...(row.libraries ?? []), ...(fromTest ? testNames : [])];
  return allowed.includes(name) ? undefined : 'its row does not name it';
}

const testNames: readonly string[] = [...testRow.packages, ...testRow.libraries];

/** A folder with an index.ts is entered by that index, but from inside; and no path leads from one package to another. */
function relativeFault(from: string, specifier: string, indexed: ReadonlySet<string>): string | undefined {
  const [plain = ''] = specifier.split('?');
  const target = path.posix.join(path.posix.dirname(from), plain);
  if (rowOf(from)?.folders?.some((folder) => target.startsWith(folder)) === true) return undefined;
  if (unitOf(from) !== unitOf(target)) return 'it reaches into another package; import that by its name';
  for (let folder = path.posix.dirname(target); folder !== '.'; folder = path.posix.dirname(folder)) {
    if (from.startsWith(`${folder}/`)) return undefined;
    if (indexed.has(folder) && target !== `${folder}/index.ts`) return `it must import ${folder}/index.ts`;
  }
  return undefined;
}

/** The package or folder of the root that a file belongs to. */
function unitOf(place: string): string {
  const parts = place.split('/');
  return parts.slice(0, parts[0] === 'packages' || parts[0] === 'apps' ? 2 : 1).join('/');
}
