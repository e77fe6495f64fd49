import { describe, expect, it } from 'vitest';
import { createI18n } from 'vue-i18n';
import { textsEn } from '../trickle-ice/texts-en.ts';
import { textsZhCN } from '../trickle-ice/texts-zh-cn.ts';
import { en as enFirst } from './en/index.ts';
import { chooseLanguage } from './language.ts';
import { problemKey } from './problem-key.ts';
import { zhCN as zhFirst } from './zh-CN/index.ts';

interface Texts {
  readonly [key: string]: string | Texts;
}

const sources: Readonly<Record<string, string>> = import.meta.glob(['../**/*.{ts,vue}', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const [errorsDocument = '']: readonly string[] = Object.values(
  import.meta.glob('../../../../docs/errors.md', { query: '?raw', import: 'default', eager: true }),
);

/** Those of /trickle-ice come with the page. */
const en = { ...enFirst, trickleIce: textsEn };
const zhCN = { ...zhFirst, trickleIce: textsZhCN };

const languages = [
  ['en', en],
  ['zh-CN', zhCN],
] as const;

function flatten(texts: Texts, before = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, text]) =>
      typeof text === 'string' ? [[before + key, text] as const] : [...flatten(text, `${before}${key}.`)],
    ),
  );
}

const english = flatten(en);
const chinese = flatten(zhCN);

/** Keys that the code names: `t('…')`. */
const usedKeys = new Set(
  Object.values(sources).flatMap((text) => [...text.matchAll(/\bt\('([^']+)'/g)].map(([, key = '']) => key)),
);

/** Codes of one chapter of docs/errors.md. */
function codesOf(chapter: string): readonly string[] {
  const [text = ''] = errorsDocument.split(`\n## ${chapter}\n`).slice(1);
  const [rows = ''] = text.split('\n## ');
  return [...rows.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code = '']) => code);
}

/** The SDK deals with them, or they would be a mistake of its own: the general text has their code. */
const unseenCodes: ReadonlySet<string> = new Set([
  'already-joined',
  'media-failed',
  'media-worker-lost',
  'resume-expired',
  'track-exists',
  'track-unknown',
]);

/** Refusals of an overloaded or broken server that a participant may get to see. */
const serverCodes = ['rate-limited', 'internal', 'worker-busy', 'worker-full', 'worker-lost', 'server-stopping'];

const shownCodes = [...codesOf('Rooms'), ...codesOf('Browser'), ...serverCodes].filter(
  (code) => !unseenCodes.has(code),
);

describe('the texts', () => {
  it('were compared with what is there: sources and error codes were read', () => {
    expect(Object.keys(sources).length).toBeGreaterThan(15);
    expect(usedKeys.size).toBeGreaterThan(30);
    expect(codesOf('Rooms')).toContain('room-full');
    expect(codesOf('Browser')).toContain('permission-denied');
  });

  it('have the same keys in both languages', () => {
    expect([...chinese.keys()]).toEqual([...english.keys()]);
  });

  it('have the same placeholders and as many plural forms in both languages', () => {
    const shape = (text = ''): unknown => ({
      placeholders: (text.match(/\{\w+\}/g) ?? []).toSorted(),
      forms: text.split(' | ').length,
    });
    for (const [key, text] of english) {
      if (key === 'meeting.people') continue;
      expect(shape(chinese.get(key)), key).toEqual(shape(text));
    }
    expect(chinese.get('meeting.people')?.split(' | ')).toHaveLength(3);
    expect(english.get('meeting.people')?.split(' | ')).toHaveLength(3);
  });

  it('are translated: no Chinese text is the English one, and none is empty', () => {
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe('');
      expect(chinese.get(key)?.trim(), key).not.toBe('');
      expect(chinese.get(key), key).not.toBe(text);
    }
  });

  it('are all there that the code names', () => {
    expect([...usedKeys].filter((key) => !english.has(key))).toEqual([]);
  });

  it('are all used', () => {
    const known = new Set([...usedKeys, ...shownCodes.map((code) => `error.${code}`), 'error.other']);
    expect([...english.keys()].filter((key) => !known.has(key))).toEqual([]);
  });

  it('explain every error code that a participant may get to see', () => {
    expect(shownCodes.filter((code) => !english.has(`error.${code}`))).toEqual([]);
  });

  it('are nowhere written into a component', () => {
    const written = Object.entries(sources)
      .filter(([place]) => place.endsWith('.vue'))
      .flatMap(([place, source]) => {
        const [template = ''] = /<template>[^]*<\/template>/.exec(source) ?? [];
        const plain = template.replaceAll(/<!--[^]*?-->|\{\{[^]*?\}\}|="[^"]*"/g, '').replaceAll(/<[^>]*>/g, '');
        return (plain.match(/[\p{L}]+/gu) ?? []).map((word) => `${place}: ${word}`);
      });
    expect(written).toEqual(['../app/PageBar.vue: Rivero']);
  });
});

describe.each(languages)('in %s', (locale, texts) => {
  const { global } = createI18n({ legacy: false, locale, messages: { [locale]: texts } });
  const { t } = global;
  const exists = (key: string): boolean => global.te(key);

  it('a known code has its own words', () => {
    expect(t(problemKey('room-full', exists), { code: 'room-full', message: '' })).toBe(texts.error['room-full']);
  });

  it.each(['sdp-no-ice', 'other'])('the code %s is shown with its message', (code) => {
    const text = t(problemKey(code, exists), { code, message: 'a | b {c} @d' });
    expect(text).toContain('a | b {c} @d');
    expect(text).toContain(code);
  });

  it('people are counted', () => {
    const [nobody = '', one = ''] = texts.meeting.people.split(' | ');
    expect(t('meeting.people', 0)).toBe(nobody);
    expect(t('meeting.people', 1)).toBe(one);
    expect(t('meeting.people', 7)).toContain('7');
  });
});

describe('the language', () => {
  it.each([
    [['zh', 'en', 'en-US'], 'zh-CN'],
    [['en', 'zh-CN', 'zh-CN'], 'en'],
    [[null, undefined, 'zh-TW'], 'zh-CN'],
    [[null, 'en', 'zh-CN'], 'en'],
    [['', undefined, 'ZH'], 'zh-CN'],
    [[null, undefined, 'fr'], 'en'],
    [[null, undefined, 'fr', 'zh-CN', 'en'], 'zh-CN'],
    [[null, undefined, 'ja', 'en-GB', 'zh-CN'], 'en'],
    [['ende', 'zhuang', 'zh-Hans'], 'zh-CN'],
    [[null, undefined, undefined], 'en'],
  ] as const)('for the wishes %j is %s', (wishes, language) => {
    expect(chooseLanguage(wishes)).toBe(language);
  });
});
