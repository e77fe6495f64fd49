import { createI18n } from 'vue-i18n';
import { recall, remember } from '../preferences.ts';
import { en } from './en/index.ts';
import { chooseLanguage, type Language } from './language.ts';
import { zhCN } from './zh-CN/index.ts';

export type { Language } from './language.ts';
export { clockFormat } from './clock-format.ts';
export { problemKey } from './problem-key.ts';

/** `?lang=` decides, then what was chosen before, then what the browser says that one reads, best first. */
const language = chooseLanguage([
  new URLSearchParams(location.search).get('lang'),
  recall('language'),
  ...navigator.languages,
]);
document.documentElement.lang = language;

export const i18n = createI18n({
  legacy: false,
  locale: language,
  fallbackLocale: 'en',
  messages: { en, 'zh-CN': zhCN },
});

export function setLanguage(next: Language): void {
  i18n.global.locale.value = next;
  document.documentElement.lang = next;
  remember('language', next);
}
