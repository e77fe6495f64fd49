import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserPage, type ChromiumOptions, openChromium } from '../../e2e/harness/browser.ts';
import { MeetingPage } from '../../e2e/harness/meeting-page.ts';
import { Program } from '../../e2e/harness/program.ts';
import { portraits, writePortrait } from './portrait.ts';

/** Makes the pictures in docs/images from the real program in a real browser: `npm run screenshots`. */
const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const phone = { width: 390, height: 844 };

const english = ['Maya', 'Jonas', 'Clara', 'Samuel', 'Yuki', 'Henrik'];
const chinese = ['林晓', '陈浩', '克拉拉', '山姆', '王雪', '老赵'];

/** Devices of a browser under test are called after files and fakes. */
const deviceNames = `Object.defineProperty(MediaDeviceInfo.prototype, 'label', {
  get() {
    return { videoinput: 'Integrated camera', audioinput: 'Built-in microphone', audiooutput: 'Headphones' }[this.kind];
  },
})`;

const folder = await mkdtemp(path.join(tmpdir(), 'rivero-screenshots-'));
const program = await Program.start();
const pages: BrowserPage[] = [];

async function person(index: number, theme: 'dark' | 'light', options: ChromiumOptions = {}): Promise<BrowserPage> {
  const page = await openChromium({ picture: path.join(folder, `${index}.y4m`), ...options });
  pages.push(page);
  await page.runFirst(`localStorage.setItem('rivero.theme', '${theme}')`);
  await page.runFirst(deviceNames);
  return page;
}

async function shoot(page: BrowserPage, name: string): Promise<void> {
  // Notices pass by, and what slides in has arrived.
  await new Promise((resolve) => setTimeout(resolve, 6_500));
  await page.screenshot(path.join(images, `${name}.png`));
  console.log(`docs/images/${name}.png`);
}

/** Six people in a room; answers the first and the last, who came by the phone if asked. */
async function meet(room: string, names: readonly string[], theme: 'dark' | 'light', language: string) {
  const people: MeetingPage[] = [];
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    const page = await person(index, theme, isLast ? { viewport: phone } : {});
    people.push(await MeetingPage.join(page, program.url, room, name, language));
  }
  const [first] = people;
  const last = people.at(-1);
  if (first === undefined || last === undefined) throw new Error('nobody is there');
  for (const name of names.slice(1)) await first.seesMovingPictureOf(name);
  for (const name of names.slice(0, -1)) await last.seesMovingPictureOf(name);
  return { first, last, people };
}

async function closeAll(): Promise<void> {
  await Promise.all(pages.splice(0).map((page) => page.close()));
}

try {
  await mkdir(images, { recursive: true });
  for (const [index, portrait] of portraits.entries()) await writePortrait(path.join(folder, `${index}.y4m`), portrait);

  const start = await person(0, 'light');
  await start.goto(`${program.url}/?lang=en`);
  await shoot(start, 'start');
  await start.goto(`${program.url}/meet/design-review?name=Maya&lang=en`);
  await shoot(start, 'way-in');
  await start.evaluate("document.querySelector('button[aria-label=Settings]').click()");
  // Tabs follow the pointer's press, not the click.
  await start.evaluate(`new Promise((resolve) => setTimeout(resolve, 500)).then(() =>
    [...document.querySelectorAll('[role=tab]')].find((tab) => tab.innerText === 'Quality').dispatchEvent(new MouseEvent('mousedown', { bubbles: true })))`);
  await shoot(start, 'settings');
  await start.goto(`${program.url}/?lang=zh-CN`);
  await shoot(start, 'start.zh');
  await closeAll();

  const { first, last, people } = await meet('design-review', english, 'dark', 'en');
  await shoot(first.page, 'meeting');
  await shoot(last.page, 'meeting-phone');
  await first.press('Chat');
  const [, jonas, clara] = people;
  await jonas?.page.evaluate(`rivero.chat.send('Here are the drafts: https://example.org/drafts')`);
  await clara?.page.evaluate(`rivero.chat.send('Thanks! The second one is my favourite.')`);
  await shoot(first.page, 'meeting-chat');
  await closeAll();

  const chineseMeeting = await meet('zhou-hui', chinese, 'light', 'zh-CN');
  await shoot(chineseMeeting.first.page, 'meeting.zh');
  await closeAll();
} finally {
  await closeAll();
  await program.stop();
  await rm(folder, { recursive: true, force: true });
}
