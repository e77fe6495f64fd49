import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Icon {
  readonly src: string;
  readonly type: string;
  readonly sizes: string;
  readonly purpose: string;
}

const web = fileURLToPath(new URL('..', import.meta.url));
const read = (place: string): Promise<Buffer> => readFile(path.join(web, place));
const manifest = JSON.parse(String(await read('public/manifest.webmanifest'))) as Readonly<Record<string, unknown>> & {
  readonly icons: readonly Icon[];
};
const page = String(await read('index.html'));
const tokens = String(await read('src/styles/tokens.css'));

/** Width and height as a PNG says them (ISO/IEC 15948, IHDR). */
async function sizeOf(place: string): Promise<string> {
  const bytes = await read(`public${place}`);
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

describe('the app that one installs', () => {
  it('has what Chromium asks for: a name, where it starts, a window of its own, icons of 192 and 512', () => {
    expect(manifest).toMatchObject({ name: 'Rivero', short_name: 'Rivero', start_url: '/', display: 'standalone' });
    for (const purpose of ['any', 'maskable']) {
      const sizes = manifest.icons.filter((icon) => icon.purpose === purpose).map((icon) => icon.sizes);
      expect(sizes, purpose).toEqual(expect.arrayContaining(['192x192', '512x512']));
    }
  });

  it.each(manifest.icons.filter(({ type }) => type === 'image/png'))('has $src as large as it says', async (icon) => {
    expect(await sizeOf(icon.src)).toBe(icon.sizes);
  });

  it('has an icon for iOS, which reads no manifest', async () => {
    const [, place = ''] = /rel="apple-touch-icon" href="([^"]+)"/.exec(page) ?? [];
    expect(await sizeOf(place)).toBe('180x180');
  });

  it('has the colours of the page around it', () => {
    const [, light = '', dark = ''] = /--ground: light-dark\((#\w+), (#\w+)\)/.exec(tokens) ?? [];
    expect(manifest).toMatchObject({ background_color: dark, theme_color: dark });
    expect(page).toContain(`media="(prefers-color-scheme: light)" content="${light}"`);
    expect(page).toContain(`media="(prefers-color-scheme: dark)" content="${dark}"`);
    expect(light).toMatch(/^#/);
  });

  it('shows the sign that stands in the bar', async () => {
    const [, sign = ''] = /<path\s+d="([^"]+)"/.exec(String(await read('public/icon.svg'))) ?? [];
    expect(sign.length).toBeGreaterThan(50);
    expect(String(await read('src/app/BrandMark.vue'))).toContain(`d="${sign}"`);
  });
});

describe('the script before the app', () => {
  it('is one that browsers of any age can read: ECMAScript 5', async () => {
    const script = String(await read('public/before-app.js')).replaceAll(/\/\*[^]*?\*\/|\/\/ .*/g, '');
    expect(script).not.toMatch(/=>|\b(?:const|let|class|async|await|import|export)\b|`|\?\.|\?\?|,\s*\)/);
    expect(page.indexOf('/before-app.js')).toBeLessThan(page.indexOf('/src/main.ts'));
  });

  it('says only what the page explains, and nothing stands there that it never says', async () => {
    const script = String(await read('public/before-app.js'));
    const reasons = [...script.matchAll(/refuse\('([a-z-]+)'\)/g)].map(([, reason]) => reason).toSorted();
    const shown = [...page.matchAll(/\[data-refused='([a-z-]+)'\]/g)].map(([, reason]) => reason).toSorted();
    expect(reasons).toEqual(shown);
  });
});
