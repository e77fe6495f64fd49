import { afterAll, beforeAll, describe, it } from 'vitest';
import { findsNothing } from './harness/axe.ts';
import { type BrowserPage, openChromium } from './harness/browser.ts';
import { Program } from './harness/program.ts';

let program: Program;
let page: BrowserPage;

beforeAll(async () => {
  program = await Program.start();
  page = await openChromium();
});

afterAll(async () => {
  await page?.close();
  await program?.stop();
});

describe('the start page', () => {
  it('has no fault that axe-core finds', async () => {
    await page.goto(program.url);
    await findsNothing(page);
  });
});
