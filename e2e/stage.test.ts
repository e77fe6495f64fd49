import { describe, expect, it } from 'vitest';
import { findsNothing } from './harness/axe.ts';
import { type BrowserPage, eventually, openChromium, openChromiumPages, openFirefox } from './harness/browser.ts';
import { blue, red } from './harness/known-media.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

const tiles = `[...document.querySelectorAll('[data-testid="tile"]')]`;
const tileOf = (name: string): string => `${tiles}.find((tile) => tile.dataset.name === '${name}')`;
const area = (name: string): string =>
  `(({ width, height }) => width * height)(${tileOf(name)}.getBoundingClientRect())`;

/** Everything is seen at once: nothing scrolls, and no tile sticks out of the window or lies on another one. */
async function fits({ page, name }: MeetingPage): Promise<void> {
  const expression = `(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const rects = ${tiles}.map((tile) => tile.getBoundingClientRect());
    const isInside = ({ left, top, right, bottom }) => left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    const isApart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    return scrollWidth <= innerWidth && scrollHeight <= innerHeight && rects.every(isInside)
      && rects.every((a, i) => rects.slice(i + 1).every((b) => isApart(a, b)));
  })()`;
  await eventually(page, expression, `the page of ${name} fits its window`, 5_000);
}

/** Opens the menu of that button as the keyboard does, and chooses from it. */
async function choose({ page, name }: MeetingPage, menu: string, item: string): Promise<void> {
  const button = `[...document.querySelectorAll('button')].find((found) => found.ariaLabel === '${menu}')`;
  const found = `[...document.querySelectorAll('[role^="menuitem"]')].find((entry) => entry.innerText.trim() === '${item}')`;
  await eventually(page, `${button} !== undefined`, `${name} finds the menu ${menu}`);
  await page.evaluate(`${button}.focus()`);
  await page.evaluate(`${button}.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))`);
  await eventually(page, `${found} !== undefined`, `${name} finds "${item}" in the menu ${menu}`, 5_000);
  await page.evaluate(`${found}.click()`);
}

async function isLargest({ page, name }: MeetingPage, who: string): Promise<void> {
  const size = `(({ width, height }) => width * height)(tile.getBoundingClientRect())`;
  const expression = `${tiles}.every((tile) => tile.dataset.name === '${who}' || 3 * ${size} < ${area(who)})`;
  await eventually(page, expression, `${name} sees ${who} large`, 10_000);
}

async function eventuallySpeaks({ page, name }: MeetingPage, who: string): Promise<void> {
  await eventually(page, `'speaking' in ${tileOf(who)}.dataset`, `${name} sees that ${who} speaks`, 10_000);
}

/** That many people without devices, in one page. */
async function fill(page: BrowserPage, url: string, room: string, count: number): Promise<void> {
  await page.goto(url);
  await page.evaluate(`import(location.origin + '/sdk.js').then(async ({ joinRoom }) => {
    for (let i = 1; i <= ${count}; i++) await joinRoom({ room: '${room}', name: 'Person ' + i });
  })`);
}

describe('the stage', () => {
  it('shows who speaks, is pinned, has no picture, and obeys what one wishes of a person, in two browsers', async () => {
    const url = await scene.start();
    const ann = await MeetingPage.join(
      await scene.opened(openChromium({ colour: red, hertz: 440 })),
      url,
      'stage',
      'Ann',
    );
    const bob = await MeetingPage.join(await scene.opened(openChromium({ colour: blue })), url, 'stage', 'Bob');
    await bob.press('Mute microphone');
    const eve = await MeetingPage.join(await scene.opened(openFirefox()), url, 'stage', 'Eve');
    await eve.press('Mute microphone');
    await Promise.all([bob.seesMovingPictureOf('Ann'), eve.seesMovingPictureOf('Ann'), bob.seesMovingPictureOf('Eve')]);
    await Promise.all([fits(ann), fits(bob), fits(eve)]);
    await Promise.all([ann, bob, eve].map((one) => eventuallySpeaks(one, 'Ann')));
    expect(await ann.page.evaluate(`'speaking' in ${tileOf('Bob')}.dataset`)).toBe(false);

    await choose(bob, 'Layout', 'Speaker');
    await isLargest(bob, 'Ann');
    await choose(eve, 'Options for Bob', 'Pin to the stage');
    await isLargest(eve, 'Bob');
    await choose(bob, 'Options for Eve', 'Pin to the stage');
    await isLargest(bob, 'Eve');
    await fits(bob);
    await choose(bob, 'Options for Eve', 'Unpin');
    await isLargest(bob, 'Ann');

    const sound = `document.querySelector('[data-testid="sound"][data-name="Ann"]')`;
    expect(await bob.page.evaluate(`${sound}.muted`)).toBe(false);
    await choose(bob, 'Options for Ann', 'Mute for me');
    await eventually(bob.page, `${sound}.muted`, 'Ann is muted for Bob');
    await bob.tileOfShows('Ann', 'muted for you');

    await choose(bob, 'Options for Ann', 'Volume');
    await eventually(
      bob.page,
      `document.querySelector('.tile-popover [role="slider"]') === document.activeElement`,
      'the volume has the focus',
    );
    await bob.page.keyboard.down('Escape');
    await bob.page.keyboard.up('Escape');
    await eventually(bob.page, `document.activeElement.ariaLabel === 'Options for Ann'`, 'the focus is back');

    await choose(bob, 'Options for Ann', 'Stop receiving video');
    await bob.tileOfShows('Ann', 'You stopped this video');
    const bytes = `window.rivero.peerConnection.getStats().then((report) => {
      const ann = window.rivero.participants.find(({ name }) => name === 'Ann');
      const { id } = ann.tracks.find(({ source }) => source === 'camera').mediaStreamTrack;
      return [...report.values()].find((entry) => entry.type === 'inbound-rtp' && entry.trackIdentifier === id).bytesReceived;
    })`;
    const standsStill = `(async () => {
      const before = await ${bytes};
      await new Promise((resolve) => setTimeout(resolve, 700));
      return await ${bytes} === before;
    })()`;
    await eventually(bob.page, standsStill, 'nothing of the picture of Ann comes any more');
    await choose(bob, 'Options for Ann', 'Receive video again');
    await bob.seesMovingPictureOf('Ann');

    await ann.press('Turn camera off');
    await eventually(eve.page, `${tileOf('Ann')}.dataset.picture === 'off'`, 'Eve sees an avatar');
    await eve.tileOfShows('Ann', 'A');
    await fits(eve);
  });

  it('shows nothing of who sends nothing to one person, and says so; all others go on seeing', async () => {
    const url = await scene.start();
    const pages = await scene.openedAll(openChromiumPages(3));
    const [ann, bob, eve] = await Promise.all(
      ['Ann', 'Bob', 'Eve'].map(async (name, i) => {
        const page = pages[i];
        if (page === undefined) throw new Error('no pages');
        return await MeetingPage.join(page, url, 'withheld', name);
      }),
    );
    if (ann === undefined || bob === undefined || eve === undefined) throw new Error('no pages');
    await Promise.all([bob.seesMovingPictureOf('Ann'), eve.seesMovingPictureOf('Ann'), bob.seesMovingPictureOf('Eve')]);

    await choose(ann, 'Options for Bob', 'Send nothing to Bob');
    await bob.tileOfShows('Ann', 'Ann sends you no picture or sound');
    await ann.tileOfShows('Bob', 'gets nothing from you');
    const bytes = `window.rivero.peerConnection.getStats().then((report) => {
      const { tracks } = window.rivero.participants.find(({ name }) => name === 'Ann');
      const ids = tracks.map(({ mediaStreamTrack }) => mediaStreamTrack?.id);
      const inbound = [...report.values()].filter(({ type, trackIdentifier }) => type === 'inbound-rtp' && ids.includes(trackIdentifier));
      return inbound.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
    })`;
    const standsStill = `(async () => {
      const before = await ${bytes};
      await new Promise((resolve) => setTimeout(resolve, 700));
      return await ${bytes} === before;
    })()`;
    await eventually(bob.page, standsStill, 'nothing of Ann comes to Bob any more, neither picture nor sound');
    await Promise.all([eve.seesMovingPictureOf('Ann'), bob.seesMovingPictureOf('Eve')]);

    await bob.connectsAnew(() => scene.program.signal('SIGUSR2'));
    await Promise.all([eve.seesMovingPictureOf('Ann'), bob.seesMovingPictureOf('Eve')]);
    await eventually(bob.page, standsStill, 'nothing of Ann comes by the new connection');

    await choose(ann, 'Options for Bob', 'Send to Bob again');
    await bob.seesMovingPictureOf('Ann');
    expect(await ann.page.evaluate(`${tileOf('Bob')}.innerText.includes('gets nothing')`)).toBe(false);
  });

  it('has few and large buttons on a phone that lies on its side, and speaks another language at once', async () => {
    const url = await scene.start();
    const phone = await scene.opened(openChromium({ colour: red, viewport: { width: 844, height: 390 } }));
    const ann = await MeetingPage.join(phone, url, 'landscape', 'Ann');
    await fill(await scene.opened(openChromium({ hasDevices: false })), url, 'landscape', 4);
    await ann.shows('Person 4');
    await fits(ann);
    const buttons = `[...document.querySelectorAll('.meeting-toolbar button')].map((button) => button.getBoundingClientRect())`;
    const areLarge = `${buttons}.length <= 6 && ${buttons}.every(({ width, height, bottom }) => width >= 48 && height >= 48 && bottom <= innerHeight)`;
    await eventually(phone, areLarge, 'the buttons are few and large');
    // What passes by covers no button.
    await ann.press('Turn camera off');
    await findsNothing(phone);

    await choose(ann, 'More', 'Settings');
    await ann.press('General');
    await ann.press('English');
    const chinese = `[...document.querySelectorAll('[role="menuitemradio"]')].find(({ innerText }) => innerText.trim() === '简体中文')`;
    await eventually(phone, `${chinese} !== undefined`, 'the languages are listed');
    await phone.evaluate(`${chinese}.click()`);
    await ann.shows('语言');
    await findsNothing(phone);
    await phone.keyboard.down('Escape');
    await phone.keyboard.up('Escape');
    await ann.press('打开摄像头');
    await ann.press('离开');
    await ann.shows('你已离开房间');
  });

  it('turns pages on a phone, where those on other pages are not received', async () => {
    const url = await scene.start();
    const ann = await MeetingPage.join(await scene.opened(openChromium({ colour: red })), url, 'many', 'Ann');
    await ann.shows('Ann (you)');
    await fill(await scene.opened(openChromium({ hasDevices: false })), url, 'many', 17);
    const phone = await scene.opened(openChromium({ hasDevices: false, viewport: { width: 390, height: 844 } }));
    const bob = await MeetingPage.join(phone, url, 'many', 'Bob');
    await bob.seesMovingPictureOf('Ann');
    await fits(bob);
    await fits(ann);

    await bob.press('Next page');
    await bob.hasNoTileOf('Ann');
    await fits(bob);
    const camera = `window.rivero.participants.find(({ name }) => name === 'Ann').tracks.find(({ source }) => source === 'camera')`;
    await eventually(phone, `${camera}.isReceived === false`, 'the camera of Ann is not received', 10_000);
    await bob.press('Previous page');
    await bob.seesMovingPictureOf('Ann');
  });
});

describe('sound that the browser holds back', () => {
  it('is asked for as long as there is some, and played by one press', async () => {
    const url = await scene.start();
    const [annPage, bobPage] = await scene.openedAll(openChromiumPages(2, { hertz: 440 }));
    await bobPage.runFirst(`{
      const { play } = HTMLMediaElement.prototype;
      window.playedNames = new Set();
      window.isPressed = false;
      addEventListener('pointerdown', ({ isTrusted }) => (window.isPressed ||= isTrusted), true);
      HTMLMediaElement.prototype.play = function () {
        if (!(this instanceof HTMLAudioElement)) return play.call(this);
        if (!window.isPressed) return Promise.reject(new DOMException('No press.', 'NotAllowedError'));
        window.playedNames.add(this.dataset.name);
        return play.call(this);
      };
    }`);
    const ann = await MeetingPage.join(annPage, url, 'sound', 'Ann');
    const bob = await MeetingPage.join(bobPage, url, 'sound', 'Bob');
    await bob.shows('Your browser has blocked the sound');
    await findsNothing(bobPage);
    await ann.press('Leave');
    await bob.hasNoTileOf('Ann');
    const isAsked = `document.body.innerText.includes('has blocked the sound')`;
    await eventually(bobPage, `!${isAsked}`, 'Bob is asked no more');
    await ann.press('Join again');
    await bob.shows('Your browser has blocked the sound');
    await bob.press('Play sound');
    await eventually(bobPage, `!${isAsked} && window.playedNames.has('Ann')`, 'Bob hears Ann');
  });
});

describe('the picture in a window of its own', () => {
  it('shows the others until it is closed, or the meeting left', async () => {
    const url = await scene.start();
    const [annPage, bobPage] = await scene.openedAll(openChromiumPages(2, { colour: red }));
    const ann = await MeetingPage.join(annPage, url, 'picture', 'Ann');
    const bob = await MeetingPage.join(bobPage, url, 'picture', 'Bob');
    await bob.seesMovingPictureOf('Ann');
    const video = `documentPictureInPicture.window?.document.querySelector('video')`;
    await choose(bob, 'More', 'Picture in picture');
    await eventually(bobPage, `${video}?.videoWidth > 0`, 'the little window shows Ann');
    await choose(bob, 'More', 'Close picture in picture');
    await eventually(bobPage, `documentPictureInPicture.window === null`, 'the little window is closed');
    await choose(bob, 'More', 'Picture in picture');
    await ann.press('Turn camera off');
    await eventually(
      bobPage,
      `documentPictureInPicture.window?.document.body.innerText.includes('Ann')`,
      'it says who has no picture',
    );
    await bob.press('Leave');
    await eventually(bobPage, `documentPictureInPicture.window === null`, 'the little window goes with the meeting');
  });
});
