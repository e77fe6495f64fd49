import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Theme from './theme.ts';

const kept = new Map<string, string>();
const bars = [
  { media: '(prefers-color-scheme: light)', content: '' },
  { media: '(prefers-color-scheme: dark)', content: '' },
];
let dataset: Record<string, string>;

beforeEach(() => {
  kept.clear();
  dataset = {};
  vi.resetModules();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});

/** The theme as a page finds it that is opened now; Vue itself looks for no document then. */
async function openTheme(): Promise<typeof Theme> {
  const theme = await import('./theme.ts');
  vi.stubGlobal('document', { documentElement: { dataset }, querySelectorAll: () => bars });
  return theme;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the theme', () => {
  it("is the system's until one is chosen, which is kept; around the page too", async () => {
    const { applyTheme, chosenTheme, setTheme } = await openTheme();
    applyTheme();
    expect(dataset['theme']).toBe(undefined);
    const [light, dark] = bars.map(({ content }) => content);
    expect(light).not.toBe(dark);
    setTheme('dark');
    expect([chosenTheme.value, dataset['theme'], kept.get('rivero.theme')]).toEqual(['dark', 'dark', 'dark']);
    expect(bars.map(({ content }) => content)).toEqual([dark, dark]);
    setTheme('system');
    expect(dataset['theme']).toBe(undefined);
    expect(bars.map(({ content }) => content)).toEqual([light, dark]);
  });

  it.each([
    ['light', 'light'],
    ['purple', 'system'],
  ])('that was kept as %s is %s', async (before, theme) => {
    kept.set('rivero.theme', before);
    const { chosenTheme } = await openTheme();
    expect(chosenTheme.value).toBe(theme);
  });
});
