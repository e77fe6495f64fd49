export type Language = 'en' | 'zh-CN';

/** The language for the first wish that is one of ours: language tags, best first. */
export function chooseLanguage(wishes: readonly (string | null | undefined)[]): Language {
  const known = wishes.find((tag) => tag !== null && tag !== undefined && /^(?:en|zh)(?:-|$)/i.test(tag)) ?? 'en';
  return known.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}
