/**
 * Draws the PNG icons of the installed app from public/icon.svg: `node apps/web/icons/draw-icons.ts`, after a change
 * of the sign. Needs Chromium, as the end-to-end tests do.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';

const folder = path.join(import.meta.dirname, '../public');

/**
 * What the systems ask for. A full one has no corners of its own: the system cuts its shape out of it, and may take all
 * but the middle 80 percent (W3C Web Application Manifest, "maskable" icons).
 */
const icons = [
  { name: 'icon-192.png', size: 192, isFull: false },
  { name: 'icon-512.png', size: 512, isFull: false },
  { name: 'icon-maskable-192.png', size: 192, isFull: true },
  { name: 'icon-maskable-512.png', size: 512, isFull: true },
  { name: 'apple-touch-icon.png', size: 180, isFull: true },
] as const;

const sign = await readFile(path.join(folder, 'icon.svg'), 'utf8');
const fullSign = sign.replace('viewBox="0 0 32 32"', 'viewBox="-3 -3 38 38"').replace(/<rect[^>]*>/, '');
const [, ground = ''] = /<rect[^>]*fill="(#\w+)"/.exec(sign) ?? [];

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const { name, size, isFull } of icons) {
  await page.setViewportSize({ width: size, height: size });
  const background = isFull ? ground : 'transparent';
  const style = `<style>body { margin: 0; background: ${background} } svg { display: block; width: ${size}px }</style>`;
  await page.setContent(style + (isFull ? fullSign : sign));
  await page.screenshot({ path: path.join(folder, name), omitBackground: !isFull });
}
await browser.close();
