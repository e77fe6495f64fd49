import { trickleIce as english } from './en/trickle-ice.ts';
import { i18n } from './index.ts';
import { trickleIce as chinese } from './zh-CN/trickle-ice.ts';

/** Adds the texts of the page /trickle-ice, which come with it: few go there. */
export function addTrickleIceTexts(): void {
  i18n.global.mergeLocaleMessage('en', { trickleIce: english });
  i18n.global.mergeLocaleMessage('zh-CN', { trickleIce: chinese });
}
