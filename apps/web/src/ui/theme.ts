import { readonly, ref } from 'vue';
import { recall, remember } from '../preferences.ts';

export const themes = ['system', 'dark', 'light'] as const;
export type Theme = (typeof themes)[number];

/** What the browser paints around the page: `--ground` of both themes. */
const barColours = { dark: '#0d1215', light: '#f5f3ee' } as const;

const chosen = ref<Theme>(themes.find((theme) => theme === recall('theme')) ?? 'system');

/** What was chosen; else the system's. */
export const chosenTheme = readonly(chosen);

/** Dresses the page as was chosen. */
export function applyTheme(): void {
  const { documentElement } = document;
  const theme = chosen.value;
  if (theme === 'system') delete documentElement.dataset['theme'];
  else documentElement.dataset['theme'] = theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const ofSystem = meta.media.includes('light') ? 'light' : 'dark';
    meta.content = barColours[theme === 'system' ? ofSystem : theme];
  }
}

export function setTheme(theme: Theme): void {
  chosen.value = theme;
  remember('theme', theme);
  applyTheme();
}
