import { i18n } from '../i18n/index.ts';
import { textsEn } from './texts-en.ts';
import { textsZhCN } from './texts-zh-cn.ts';

/** Adds the page's texts, which come with the page: few go there. */
export function addTexts(): void {
  i18n.global.mergeLocaleMessage('en', { trickleIce: textsEn });
  i18n.global.mergeLocaleMessage('zh-CN', { trickleIce: textsZhCN });
}
