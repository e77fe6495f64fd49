import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFiles, textFiles } from './tree.ts';

/** Lines of one source file (house style 3). */
const linesMax = 400;

/** Longer files, each with the reason why splitting it would make it worse. */
const longFiles: Readonly<Record<string, string>> = {};

/** Folders of one machine. Written in halves, so that this file does not hold what it forbids. */
const forbidden: readonly RegExp[] = [
  ['wo', 'rk/'],
  ['ro', 'ot/'],
  ['ho', 'me/[a-z]'],
  ['Us', 'ers/[A-Za-z]'],
].map((halves) => new RegExp(`(^|[^\\w./)\\]}])/${halves.join('')}`, 'm'));

describe('files', () => {
  it(`have ${linesMax} lines at most`, () => {
    const native = textFiles.filter(({ path: place }) => /\.(cc|h)$/.test(place));
    const long = [...sourceFiles, ...native]
      .map(({ path: place, text }) => ({ place, lines: text.split('\n').length - 1 }))
      .filter(({ place, lines }) => lines > linesMax && longFiles[place] === undefined)
      .map(({ place, lines }) => `${place}: ${lines} lines`);
    expect(long).toEqual([]);
  });

  it('that are excepted from that are still long', () => {
    for (const place of Object.keys(longFiles)) {
      const file = sourceFiles.find((candidate) => candidate.path === place);
      expect(file?.text.split('\n').length ?? 0, place).toBeGreaterThan(linesMax);
    }
  });

  it('are named in kebab-case; components are named as they are used, texts by their language tag (BCP 47)', () => {
    const isComponentName = (name: string): boolean => /^[A-Z][A-Za-z0-9]*\.vue$/.test(name);
    const isFileName = (name: string): boolean => /^[a-z0-9.-]+$/.test(name) || /^[a-z]{2}-[A-Z]{2}\.ts$/.test(name);
    const odd = sourceFiles
      .map(({ path: place }) => path.posix.basename(place))
      .filter((name) => !(name.endsWith('.vue') ? isComponentName(name) : isFileName(name)));
    expect(odd).toEqual([]);
  });

  it('called index.ts list what they export, name by name', () => {
    const starred = sourceFiles.filter(
      ({ path: place, text }) => place.endsWith('/index.ts') && /^export\s+(type\s+)?\*/m.test(text),
    );
    expect(starred.map(({ path: place }) => place)).toEqual([]);
  });

  it('name no folder of one machine', () => {
    const found = textFiles.flatMap(({ path: place, text }) =>
      forbidden.filter((pattern) => pattern.test(text)).map((pattern) => `${place}: ${pattern.source}`),
    );
    expect(found).toEqual([]);
  });

  it('called package-lock.json name no registry: everybody installs from their own', () => {
    const lock = textFiles.find(({ path: place }) => place === 'package-lock.json');
    expect(lock?.text.length).toBeGreaterThan(1000);
    expect(lock?.text.match(/"resolved": "https?:.*/g) ?? []).toEqual([]);
  });
});
