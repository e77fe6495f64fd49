import { createI18n } from 'vue-i18n';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

export type Language = 'en' | 'zh-CN';

const storageKey = 'rivero.language';

/** `?lang=` decides, then what was chosen before, then the browser. */
function firstLanguage(): Language {
  const asked =
    new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(storageKey) ?? navigator.language;
  return asked.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

const language = firstLanguage();
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
  localStorage.setItem(storageKey, next);
}
