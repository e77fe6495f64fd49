import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configDocuments } from './config-documents.ts';
import { isTest, root, sourceFiles, textFiles } from './tree.ts';

const documents = textFiles.filter(({ path: place }) => place.endsWith('.md'));

function textOf(place: string): string {
  return textFiles.find((file) => file.path === place)?.text ?? '';
}

/** The lines of a document outside of code blocks. */
function proseOf(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, '');
}

describe('docs/errors.md', () => {
  const code = sourceFiles.filter(({ path: place }) => !isTest(place) && !place.startsWith('tools/'));
  const saying = /(?:new CodedError\(\s*|\.send\(\{ code: )'([^']+)'/g;
  const inCode = new Set(code.flatMap(({ text }) => [...text.matchAll(saying)].map(([, name = '']) => name)));
  const rows = [...textOf('docs/errors.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name);

  it('has a row for every code', () => {
    expect(inCode.size).toBeGreaterThan(10);
    expect([...inCode].filter((name) => !rows.includes(name))).toEqual([]);
  });

  it('has no row for a code that nothing says, and none twice', () => {
    const isSaid = (name: string): boolean => code.some(({ text }) => text.includes(`'${name}'`));
    expect(rows.filter((name) => !isSaid(name))).toEqual([]);
    expect(rows.filter((name, index) => rows.indexOf(name) !== index)).toEqual([]);
  });

  it('says what every code means and what to do', () => {
    for (const line of textOf('docs/errors.md')
      .split('\n')
      .filter((text) => text.startsWith('| `'))) {
      expect(line).toMatch(/^\| `[a-z0-9-]+` \| .{10,} \| .{3,} \|$/);
    }
  });
});

describe('documents', () => {
  it.each(configDocuments())('$place is what npm run docs:config writes', ({ place, text }) => {
    expect(textOf(place)).toBe(text);
  });

  it('link only to files that exist', () => {
    const dead = documents.flatMap(({ path: place, text }) =>
      [...proseOf(text).matchAll(/\]\(([^)#\s]+)(#[^)\s]*)?\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(path.join(root, path.dirname(place), decodeURIComponent(target))))
        .map((target) => `${place}: ${target}`),
    );
    expect(documents.length).toBeGreaterThan(3);
    expect(dead).toEqual([]);
  });

  it('link only to headings that exist', () => {
    const dead = documents.flatMap(({ path: place, text }) =>
      [...proseOf(text).matchAll(/\]\(([^)#\s]*\.md)?(#[^)\s]+)\)/g)]
        .filter(([, target = '', anchor = '']) => {
          const file = target === '' ? place : path.posix.join(path.posix.dirname(place), target);
          return !anchorsOf(textOf(file)).includes(decodeURIComponent(anchor));
        })
        .map(([link]) => `${place}: ${link}`),
    );
    expect(dead).toEqual([]);
  });

  it('in Chinese have the headings of those in English', () => {
    const levels = (place: string): readonly string[] =>
      [...proseOf(textOf(place)).matchAll(/^(#+) /gm)].map(([, marks = '']) => marks);
    expect(levels('README.md').length).toBeGreaterThan(3);
    expect(levels('README.zh-CN.md')).toEqual(levels('README.md'));
  });
});

/** The anchors of a document's headings, made as GitHub makes them. */
function anchorsOf(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const plain = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
    return `#${plain.trim().replaceAll(' ', '-')}`;
  });
}
