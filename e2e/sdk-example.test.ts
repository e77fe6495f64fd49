import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type BrowserPage, eventually, openChromium, openFirefox } from './harness/browser.ts';
import { blue, red } from './harness/known-media.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

/** What the example shows of somebody: "You" or another's name. */
function tile(name: string): string {
  return `document.querySelector('figure[data-name="${name}"]')`;
}

function moves(name: string, source: 'camera' | 'screen'): string {
  return `(async () => {
    const video = ${tile(name)}?.querySelector('video[data-source="${source}"]');
    const count = () => video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return count() > before + 1;
  })()`;
}

/** Somebody on the example page. */
class ExamplePage {
  readonly page: BrowserPage;

  constructor(page: BrowserPage) {
    this.page = page;
  }

  async open(url: string): Promise<void> {
    await this.page.goto(`${url}/examples/plain-html/`);
  }

  /** By its accessible name, as somebody presses it who hears the page. */
  async press(name: string): Promise<void> {
    const button = `[...document.querySelectorAll('button')].find((b) => b.innerText === '${name}' && !b.disabled && b.checkVisibility())`;
    await eventually(this.page, `${button} !== undefined`, `the button ${name} is there`);
    await this.page.evaluate(`${button}.click()`);
  }

  async fill(field: string, value: string | boolean): Promise<void> {
    const input = `[...document.querySelectorAll('label')].find((l) => l.innerText.trim() === '${field}').control`;
    const property = typeof value === 'string' ? 'value' : 'checked';
    await this.page.evaluate(`${input}.${property} = ${JSON.stringify(value)}`);
  }

  async sees(name: string, source: 'camera' | 'screen' = 'camera'): Promise<void> {
    await eventually(this.page, moves(name, source), `the ${source} of ${name} moves`);
  }

  async says(role: 'status' | 'alert', text: string): Promise<void> {
    await eventually(
      this.page,
      `document.querySelector('[role=${role}]').innerText.includes(${JSON.stringify(text)})`,
      `the ${role} is "${text}"`,
    );
  }

  async hasNo(name: string, source?: 'camera' | 'screen'): Promise<void> {
    const shown = source === undefined ? tile(name) : `${tile(name)}.querySelector('video[data-source=${source}]')`;
    await eventually(this.page, `${shown} === null`, `${source ?? 'tile'} of ${name} is gone`, 5_000);
  }
}

describe('the plain HTML example', () => {
  it('meets the others of the normal page with the served SDK, and every button does what it says', async () => {
    const url = await scene.start();
    const ann = new ExamplePage(await scene.opened(openChromium({ colour: red, hertz: 440 })));
    await ann.open(url);
    await ann.fill('Room', 'e2e');
    await ann.fill('Your name', 'Ann');
    await ann.press('Join');
    await ann.says('status', 'You are in the room.');
    const bob = await MeetingPage.join(await scene.opened(openChromium({ colour: blue })), url, 'e2e', 'Bob');
    const eve = await MeetingPage.join(await scene.opened(openFirefox()), url, 'e2e', 'Eve');
    await Promise.all([ann.sees('You'), ann.sees('Bob'), ann.sees('Eve')]);
    await Promise.all([bob.seesMovingPictureOf('Ann'), eve.seesMovingPictureOf('Ann')]);
    await bob.seesColourOf('Ann', 0);
    await bob.hearsToneOf('Ann', 440);

    await ann.press('Mute microphone');
    await ann.press('Turn camera off');
    await ann.hasNo('You', 'camera');
    const annAsBobSees = `window.rivero.participants.find(({ name }) => name === 'Ann').tracks`;
    await eventually(bob.page, `${annAsBobSees}.every(({ muted }) => muted)`, 'Ann is muted');
    await ann.press('Unmute microphone');
    await ann.press('Turn camera on');
    await ann.sees('You');
    await bob.seesMovingPictureOf('Ann');
    await bob.hearsToneOf('Ann', 440);

    await ann.press('Share screen');
    await ann.sees('You', 'screen');
    await eventually(bob.page, `${annAsBobSees}.some(({ source }) => source === 'screen')`, 'Bob gets the screen');
    await ann.press('Stop sharing');
    await ann.hasNo('You', 'screen');
    await eventually(bob.page, `${annAsBobSees}.every(({ source }) => source !== 'screen')`, 'the screen is gone');

    await ann.press('Leave');
    await ann.says('status', 'You have left the room.');
    await bob.hasNoTileOf('Ann', 3_000);
    await ann.press('Join');
    await Promise.all([bob.seesMovingPictureOf('Ann'), ann.sees('Bob')]);
    expect(ann.page.console).toEqual([]);
  });

  it('shows the screen of others, and that they leave; who has no devices joins without, and full is said', async () => {
    const url = await scene.start({ ROOM_CAPACITY: '2' });
    const ann = new ExamplePage(await scene.opened(openChromium({ hasDevices: false })));
    await ann.open(url);
    await ann.fill('Your name', 'Ann');
    await ann.press('Join');
    await ann.says('alert', 'This device has no microphone and no camera; you joined without.');
    const bob = await MeetingPage.join(await scene.opened(openChromium({ colour: blue })), url, 'tea', 'Bob');
    await ann.sees('Bob');
    await bob.press('Share screen');
    await ann.sees('Bob', 'screen');

    const eve = new ExamplePage(await scene.opened(openChromium()));
    await eve.open(url);
    await eve.fill('Your name', 'Eve');
    await eve.fill('With camera', false);
    await eve.press('Join');
    await eve.says('alert', '(room-full)');

    await bob.press('Leave');
    await ann.hasNo('Bob');
    expect([...ann.page.console, ...eve.page.console]).toEqual([]);
  });

  it('in the README works as it stands there, in either language', async () => {
    const url = await scene.start();
    const bob = await MeetingPage.join(await scene.opened(openChromium({ colour: blue })), url, 'tea', 'Bob');
    for (const [readme, name] of [
      ['README.md', 'Ann'],
      ['README.zh-CN.md', '小安'],
    ] as const) {
      const text = await readFile(new URL(`../${readme}`, import.meta.url), 'utf8');
      const [, html = ''] = /```html\n(.*?)```/s.exec(text) ?? [];
      const page = await scene.opened(openChromium());
      // The page's policy lets no script in that was not there when it came; a file of the server's own may run.
      await page.goto(`${url}/examples/plain-html/`);
      const script = /<script type="module">(.*)<\/script>/s
        .exec(html)?.[1]
        ?.replace(/import (.*) from (.*);/, 'const $1 = await import($2);');
      await page.evaluate(`(async () => { document.body.innerHTML = '<button></button>'; ${script} })()`);
      await page.evaluate("document.querySelector('button').click()");
      await bob.seesMovingPictureOf(name);
      await eventually(page, "document.querySelector('video')?.videoWidth > 0", `${name} sees Bob`);
      expect(page.console).toEqual([]);
    }
  });
});
