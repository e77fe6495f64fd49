import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findsNothing } from './harness/axe.ts';
import { type BrowserPage, type ChromiumOptions, eventually, openChromium } from './harness/browser.ts';
import { red } from './harness/known-media.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { press as pressElement } from './harness/press.ts';
import { Program } from './harness/program.ts';

let program: Program;
const pages: BrowserPage[] = [];

beforeAll(async () => {
  program = await Program.start();
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close().catch(() => {})));
});

afterAll(async () => {
  await program?.stop();
});

async function open(options: ChromiumOptions = {}): Promise<BrowserPage> {
  const page = await openChromium(options);
  pages.push(page);
  return page;
}

function shows(page: BrowserPage, text: string): Promise<void> {
  return eventually(page, `document.body.innerText.includes(${JSON.stringify(text)})`, `the page shows "${text}"`);
}

/** Presses what has this role and name. */
function press(page: BrowserPage, selector: string, name: string): Promise<void> {
  const found = `[...document.querySelectorAll(${JSON.stringify(selector)})].find((element) => (element.ariaLabel ?? element.innerText).trim() === ${JSON.stringify(name)})`;
  return pressElement(page, found, `${selector} "${name}" is pressed`);
}

/** Opens the list with this label in this part of the dialog, and takes one of its options. */
async function choose(page: BrowserPage, section: string, label: string, option: string): Promise<void> {
  const trigger = `document.getElementById([...document.querySelectorAll(${JSON.stringify(`${section} label`)})].find((one) => one.innerText === ${JSON.stringify(label)})?.htmlFor)`;
  await eventually(page, `${trigger} !== null`, `the list "${label}" is there`);
  const key = "new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })";
  await page.evaluate(`(() => { const trigger = ${trigger}; trigger.focus(); trigger.dispatchEvent(${key}); })()`);
  const found = `[...document.querySelectorAll('[role=menuitemradio]')].find((one) => one.innerText.trim() === ${JSON.stringify(option)})`;
  await eventually(page, `${found} !== undefined`, `the option "${option}" is there`);
  await findsNothing(page);
  await page.evaluate(`(() => { const option = ${found}; option.focus(); option.dispatchEvent(${key}); })()`);
  await eventually(page, `${trigger}?.innerText.trim() === ${JSON.stringify(option)}`, `"${option}" is chosen`);
}

describe('the start page', () => {
  it('leads into a suggested room, and remembers it until it is told to forget', async () => {
    const page = await open({ colour: red });
    await page.goto(`${program.url}?lang=en`);
    await eventually(page, "document.querySelector('input#room') !== null", 'the field is there');
    const first = await page.evaluate<string>("document.querySelector('input#room').value");
    await press(page, 'button', 'Suggest another name');
    const room = await page.evaluate<string>("document.querySelector('input#room').value");
    expect(room).toMatch(/^[a-z]+-[a-z]+-[a-z]+-\d{4}$/);
    expect(room).not.toBe(first);
    await press(page, 'button', 'Go to the room');
    await shows(page, `Room ${room}`);
    expect(await page.evaluate('location.pathname')).toBe(`/meet/${room}`);
    expect(await page.evaluate('document.title')).toBe(`Room ${room} · Rivero`);

    const ann = await MeetingPage.join(page, program.url, room, 'Ann');
    await ann.press('Leave');
    await ann.shows('You have left the room');
    await press(page, 'a', 'Choose another room');
    await shows(page, 'Recent rooms');
    await eventually(page, `document.querySelector('a[href="/meet/${room}"]') !== null`, 'the room is listed');
    await press(page, 'button', `Forget ${room}`);
    await eventually(page, "!document.body.innerText.includes('Recent rooms')", 'the room is forgotten');
  });

  it('says what is wrong with a name, offers the nearest, and takes a whole link', async () => {
    const page = await open();
    await page.goto(`${program.url}?lang=en`);
    const type = (text: string): Promise<void> =>
      page.evaluate(`(() => {
        const field = document.querySelector('input#room');
        field.value = ${JSON.stringify(text)};
        field.dispatchEvent(new Event('input'));
      })()`);
    await eventually(page, "document.querySelector('input#room') !== null", 'the field is there');
    await type('Team Meeting');
    await press(page, 'button', 'Go to the room');
    await shows(page, 'English letters, digits');
    await findsNothing(page);
    await press(page, 'button', 'Use “Team-Meeting”');
    await type(`${program.url}/meet/weekly?name=Ann`);
    await press(page, 'button', 'Go to the room');
    await shows(page, 'Room weekly');
    await eventually(page, "document.querySelector('input#name')?.value === 'Ann'", 'the link says who comes');
    await page.goto(`${program.url}/meet/caf%C3%A9%20am%20Rhein?lang=en`);
    await shows(page, 'No room can have this name');
    await shows(page, 'English letters, digits');
    expect(await page.evaluate("document.querySelector('input#room').value")).toBe('café am Rhein');
    await findsNothing(page);
    await press(page, 'button', 'Use “cafe-am-Rhein”');
    await press(page, 'button', 'Go to the room');
    await shows(page, 'Room cafe-am-Rhein');
    await page.goto(`${program.url}/meet/two/parts`);
    await shows(page, 'There is no page at this address');
    await findsNothing(page);
  });

  it.each(['dark', 'light'] as const)('speaks and looks as was chosen after a reload, in %s too', async (theme) => {
    const page = await open();
    await page.goto(program.url);
    await press(page, 'button', '中文');
    await press(page, 'button', '主题');
    await press(page, '[role=menuitemradio]', theme === 'dark' ? '深色' : '浅色');
    await page.goto(program.url);
    await shows(page, '在自己的服务器上开会');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe(theme);
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    await findsNothing(page);
    await press(page, 'button', '设置');
    await shows(page, '简体中文');
    await findsNothing(page);
    await press(page, '[role=tab]', '音视频质量');
    await shows(page, '首选编码');
    await findsNothing(page);
  });
});

describe('a press in these tests', () => {
  it('hits nothing that is covered, and tells by what', async () => {
    const page = await open();
    await page.goto(`${program.url}?lang=en`);
    await shows(page, 'Go to the room');
    await page.evaluate(
      "document.body.insertAdjacentHTML('beforeend', '<p id=cover style=\"position: fixed; inset: 0\">')",
    );
    const button =
      "[...document.querySelectorAll('button')].find(({ innerText }) => innerText.trim() === 'Go to the room')";
    await expect(pressElement(page, button, 'the button', 200)).rejects.toThrow(/it is covered by <p id="cover"/);
    await page.evaluate("document.querySelector('#cover').remove()");
    await pressElement(page, button, 'the button');
    await shows(page, 'Join');
  });
});

describe('the settings in a meeting', () => {
  it('limit what is really sent at once, show it, and hold in the next meeting', async () => {
    const page = await open({ colour: red, hertz: 440 });
    const ann = await MeetingPage.join(page, program.url, 'limits', 'Ann');
    await press(page, 'button', 'More');
    await press(page, '[role=menuitem]', 'Settings');
    await shows(page, 'Play test sound');
    await findsNothing(page);
    await press(page, '[role=tab]', 'Quality');
    const sent = "document.querySelector('[data-source=camera]')?.innerText ?? ''";
    await eventually(page, `(${sent}).includes('320 × 240')`, 'the whole picture is sent');
    await choose(page, '[aria-labelledby=quality-camera]', 'Resolution', '180p');
    await eventually(page, `(${sent}).includes('240 × 180')`, 'a smaller picture is sent');
    await findsNothing(page);
    await page.goto(program.url);
    await MeetingPage.join(page, program.url, 'limits', 'Ann');
    await ann.shows('Ann');
    await eventually(
      page,
      "window.rivero?.statistics().then(({ tracks }) => tracks.some(({ source, height }) => source === 'camera' && height === 180))",
      'the smaller picture is sent from the beginning',
    );
  });
});

describe('the end of a meeting', () => {
  it('is explained when the door is closed, and the door is tried again', async () => {
    const page = await open({ colour: red });
    await page.runFirst("localStorage.setItem('rivero.theme', 'light')");
    const ann = await MeetingPage.join(page, program.url, 'closed', 'Ann');
    await eventually(page, "window.rivero?.role === 'host'", 'Ann is host');
    await page.evaluate('rivero.moderation.lock()');
    const other = await open({ hasDevices: false });
    const ben = await MeetingPage.join(other, program.url, 'closed', 'Ben');
    await ben.shows('The room is locked');
    await findsNothing(other);
    await page.evaluate('rivero.moderation.unlock()');
    await ben.press('Try again');
    await eventually(page, "rivero.participants.some(({ name }) => name === 'Ben')", 'Ben is inside');
    await page.evaluate('rivero.moderation.remove(rivero.participants[0].participantId)');
    await ben.shows('A host removed you from the meeting');
    await findsNothing(other);
    await ann.press('Leave');
    await ann.shows('You have left the room');
    await findsNothing(page);
    expect(await page.evaluate("document.activeElement?.innerText ?? ''")).toBe('You have left the room');
  });
});

describe('the installed app', () => {
  it('gets a manifest and icons that are as large as it says', async () => {
    const page = await open();
    await page.goto(program.url);
    const type =
      "fetch(document.querySelector('link[rel=manifest]').href).then((it) => it.headers.get('content-type'))";
    expect(await page.evaluate(type)).toMatch(/^application\/manifest\+json/);
    const wrong = await page.evaluate(`(async () => {
      const manifest = await (await fetch(document.querySelector('link[rel=manifest]').href)).json();
      const sizes = await Promise.all(manifest.icons.map(async ({ src, sizes, type }) => {
        const answer = await fetch(src);
        const image = new Image();
        image.src = src;
        await image.decode();
        const isRight = sizes === 'any' || sizes === image.naturalWidth + 'x' + image.naturalHeight;
        return isRight && answer.headers.get('content-type') === type ? [] : [src];
      }));
      return sizes.flat();
    })()`);
    expect(wrong).toEqual([]);
  });
});

describe('a browser that is too old', () => {
  it.each([
    ['knows no younger colours', 'CSS.supports = () => false'],
    ['lacks what younger scripts need', 'delete Promise.withResolvers'],
  ])('and %s is told in both languages what to do', async (_what, script) => {
    const page = await open();
    await page.runFirst(script);
    await page.goto(program.url);
    await shows(page, 'This browser is too old for Rivero');
    await shows(page, '这个浏览器版本太旧');
    expect(await page.evaluate("document.querySelector('#app').childElementCount")).toBe(0);
  });

  it('and runs no scripts at all reads that they are needed', async () => {
    const text = await (await fetch(program.url)).text();
    expect(text).toMatch(/<noscript>[^]*needs JavaScript[^]*需要 JavaScript[^]*<\/noscript>/);
  });
});
