export type Language = 'en' | 'zh-CN';

/** The language for the first wish that is one: language tags, best first. */
export function chooseLanguage(wishes: readonly (string | null | undefined)[]): Language {
  const wish = wishes.find((tag) => tag !== null && tag !== undefined && tag !== '') ?? '';
  return wish.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}
