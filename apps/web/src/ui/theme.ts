import { recall, remember } from '../preferences.ts';

export const themes = ['system', 'dark', 'light'] as const;
export type Theme = (typeof themes)[number];

/** What was chosen before; else the system's. */
export function recallTheme(): Theme {
  return themes.find((theme) => theme === recall('theme')) ?? 'system';
}

/** Dresses the page. */
export function applyTheme(theme: Theme): void {
  const { documentElement } = document;
  if (theme === 'system') delete documentElement.dataset['theme'];
  else documentElement.dataset['theme'] = theme;
}

export function setTheme(theme: Theme): void {
  remember('theme', theme);
  applyTheme(theme);
}
