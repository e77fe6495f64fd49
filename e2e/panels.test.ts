import { describe, expect, it } from 'vitest';
import { findsNothing } from './harness/axe.ts';
import { eventually, openChromiumPages, openFirefox } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { press } from './harness/press.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

async function strike(person: MeetingPage, key: string): Promise<void> {
  await person.page.keyboard.down(key);
  await person.page.keyboard.up(key);
}

async function sees(person: MeetingPage, expression: string, what: string): Promise<void> {
  await eventually(person.page, expression, `${person.name} sees ${what}`);
}

function button(label: string): string {
  return `[...document.querySelectorAll('button')].some((button) => (button.ariaLabel ?? button.innerText).trim() === ${JSON.stringify(label)})`;
}

/** Opens the menu of a button, and chooses what is in it. */
async function choose(person: MeetingPage, menu: string, item: string): Promise<void> {
  await person.press(menu);
  const found = `[...document.querySelectorAll('[role="menuitem"]')].find(({ innerText }) => innerText.trim().endsWith(${JSON.stringify(item)}))`;
  await press(person.page, found, `${person.name} chooses ${item} in the menu ${menu}`);
}

/** Unfolds what one can do about somebody, in the list of people. */
async function unfold(person: MeetingPage, name: string): Promise<void> {
  const found = `document.querySelectorAll('aside [aria-label="Options for ${name}"]')[0]`;
  await press(person.page, found, `${person.name} unfolds ${name} among the people`);
}

/** What the others know of somebody's microphone. */
function mutedSign(name: string): string {
  return `window.rivero?.participants.find((one) => one.name === '${name}')?.tracks.find(({ source }) => source === 'microphone')?.muted`;
}

/** Takes away what Chromium 123, Firefox 121 or Safari 17.5 lack: the oldest that index.html says are fit. */
const asOldAsPromised = `(() => {
  delete Intl.Segmenter;
  delete URL.parse;
  delete Promise.try;
  delete AbortSignal.any;
  delete RegExp.escape;
  delete Uint8Array.prototype.toBase64;
  const helpers = ['map', 'filter', 'take', 'drop', 'flatMap', 'reduce', 'toArray', 'forEach', 'some', 'every', 'find'];
  for (const name of helpers) delete Iterator.prototype[name];
  const sets = ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'];
  for (const name of sets) delete Set.prototype[name];
})()`;

describe('beside the stage', () => {
  it('people write to each other in Chromium and Firefox, and react; what they write stays text', async () => {
    const [url, [annPage], evePage] = await Promise.all([
      scene.start(),
      scene.openedAll(openChromiumPages(1)),
      scene.opened(openFirefox()),
    ]);
    await annPage.runFirst(asOldAsPromised);
    const ann = await MeetingPage.join(annPage, url, 'e2e', 'Ann');
    const eve = await MeetingPage.join(evePage, url, 'e2e', 'Eve');
    await ann.shows('Eve');
    await eve.press('Chat');
    await sees(eve, `document.activeElement?.tagName === 'TEXTAREA'`, 'that one can type');
    await eve.page.keyboard.type('<b>Look</b>: https://example.com/a_(b).');
    await eve.page.keyboard.down('Shift');
    await strike(eve, 'Enter');
    await eve.page.keyboard.up('Shift');
    await eve.page.keyboard.type('m');
    await strike(eve, 'Enter');

    await sees(ann, button('Chat, 1 new message'), 'that something was written');
    await strike(ann, 'c');
    await ann.shows('<b>Look</b>: https://example.com/a_(b).\nm');
    await sees(ann, button('Chat'), 'that it is read');
    const link = await ann.page.evaluate<unknown>(
      `(({ href, rel, target, innerText }) => ({ href, rel, target, innerText }))(document.querySelector('[role="log"] a'))`,
    );
    const href = 'https://example.com/a_(b)';
    expect(link).toEqual({ href, innerText: href, rel: 'noopener noreferrer nofollow', target: '_blank' });
    expect(await ann.page.evaluate(`document.querySelector('[role="log"] b')`)).toBe(null);
    // A letter that is typed is no shortcut.
    expect(await ann.page.evaluate(mutedSign('Eve'))).toBe(false);
    await findsNothing(ann.page);
    const long = `Thanks${'x'.repeat(80)}`;
    await ann.page.keyboard.type(long);
    const isBesideField = `document.querySelector('[aria-label="Send"]').getBoundingClientRect().right <= innerWidth`;
    expect(await ann.page.evaluate(isBesideField)).toBe(true);
    await strike(ann, 'Escape');
    await sees(ann, `document.querySelector('[role="log"]') === null`, 'the chat closed');
    await strike(ann, 'c');
    await sees(ann, `document.activeElement?.value === '${long}'`, 'what was typed before');
    await strike(ann, 'Enter');
    await eve.shows('Thanks');

    await strike(eve, 'Escape');
    await strike(eve, 'r');
    await ann.shows('Eve raised a hand.');
    await choose(eve, 'React', 'Applause');
    await sees(ann, `document.querySelector('[data-reaction="clap"]') !== null`, 'the reaction of Eve');
    await ann.press('People (2)');
    await ann.shows('Eve raised a hand.');
    const first = `document.querySelector('aside li')?.innerText`;
    await sees(ann, `${first}.includes('Eve') && ${first}.includes('Hand raised')`, 'Eve first');
    await unfold(ann, 'Eve');
    await sees(ann, button('Ask to turn camera off'), 'what one can do');
    await findsNothing(ann.page);

    const address = `${url}/icon.svg`;
    await eve.page.evaluate(`void rivero.chat.send(${JSON.stringify(address)})`);
    await ann.press('Chat, 1 new message');
    const tab = ann.page.nextTab?.();
    await press(ann.page, `document.querySelectorAll('[role="log"] a')[1]`, 'Ann presses the link');
    const told = await (await tab)?.evaluate('[location.href, window.opener, document.referrer]');
    expect(told).toEqual([address, null, '']);
  });
});

describe('the keys', () => {
  it('do all that the help says, and a held Space talks', async () => {
    const [url, [annPage, bobPage]] = await Promise.all([
      scene.start(),
      scene.openedAll(openChromiumPages(2, { hertz: 440 })),
    ]);
    const ann = await MeetingPage.join(annPage, url, 'e2e', 'Ann');
    const bob = await MeetingPage.join(bobPage, url, 'e2e', 'Bob');
    await bob.seesMovingPictureOf('Ann');

    await strike(ann, 'm');
    await sees(bob, `${mutedSign('Ann')} === true`, 'Ann muted');
    await ann.shows('You are muted. Nobody hears you.');
    await ann.page.keyboard.down(' ');
    await sees(bob, `${mutedSign('Ann')} === false`, 'Ann talk');
    await ann.page.keyboard.up(' ');
    await sees(bob, `${mutedSign('Ann')} === true`, 'Ann muted again');
    await ann.page.keyboard.down(' ');
    await sees(bob, `${mutedSign('Ann')} === false`, 'Ann talk');
    await ann.page.evaluate(`dispatchEvent(new Event('blur'))`);
    await sees(bob, `${mutedSign('Ann')} === true`, 'Ann muted when the page cannot see the key');
    await ann.page.keyboard.up(' ');
    await strike(ann, 'm');
    await sees(bob, `${mutedSign('Ann')} === false`, 'Ann unmuted');

    // The button that was pressed has the focus, and Space does not press it again.
    await ann.press('Mute microphone');
    await sees(bob, `${mutedSign('Ann')} === true`, 'Ann muted by a press');
    await ann.page.keyboard.down(' ');
    await sees(bob, `${mutedSign('Ann')} === false`, 'Ann talk');
    await ann.page.keyboard.up(' ');
    await sees(bob, `${mutedSign('Ann')} === true`, 'Ann muted again');
    await ann.press('Unmute microphone');
    await sees(bob, `${mutedSign('Ann')} === false`, 'Ann unmuted by a press');

    await strike(ann, 'v');
    await sees(ann, button('Turn camera on'), 'the camera off');
    await strike(ann, 'd');
    await sees(ann, button('Stop sharing'), 'that the screen is shared');
    await strike(ann, 'd');
    await sees(ann, button('Share screen'), 'that it is no more');
    await strike(ann, 'p');
    await sees(ann, `document.querySelector('aside')?.ariaLabel === 'People (2)'`, 'the people');
    await strike(ann, 'c');
    await sees(ann, `document.querySelector('aside')?.ariaLabel === 'Chat'`, 'the chat');
    await strike(ann, 'Escape');
    await sees(ann, `document.querySelector('aside') === null`, 'nothing beside the stage');
    await strike(ann, 'r');
    await sees(ann, button('Lower hand'), 'the hand raised');
    await strike(ann, 'w');
    await ann.press('Layout');
    const layout = `document.querySelector('[role="menuitemradio"][aria-checked="true"]')?.innerText.trim()`;
    await sees(ann, `${layout} === 'Speaker'`, 'another layout');
    await findsNothing(ann.page);
    await strike(ann, 'Escape');
    await sees(ann, `document.querySelector('[role="menu"]') === null`, 'no menu');
    await strike(ann, 's');
    await sees(ann, `document.fullscreenElement !== null`, 'the full screen');
    await strike(ann, 's');
    await sees(ann, `document.fullscreenElement === null`, 'the window');
    await strike(ann, '?');
    await ann.shows('Keyboard shortcuts');
    await findsNothing(ann.page);
    await strike(ann, 'm');
    await strike(ann, 'Escape');
    await sees(ann, `document.querySelector('[role="dialog"]') === null`, 'no dialog');
    expect(await bob.page.evaluate(mutedSign('Ann'))).toBe(false);

    await strike(ann, 's');
    await sees(ann, `document.fullscreenElement !== null`, 'the full screen');
    await choose(ann, 'More', 'Settings');
    await ann.press('General');
    await ann.press('Use single keys in the meeting');
    await strike(ann, 'Escape');
    await sees(ann, `document.querySelector('[role="dialog"]') === null`, 'no dialog');
    await strike(ann, 'm');
    await strike(ann, 'c');
    expect(await ann.page.evaluate(`document.querySelector('aside')`)).toBe(null);
    await ann.press('Mute microphone');
    await ann.press('Leave');
    await ann.shows('You have left the room');
    await sees(ann, `document.fullscreenElement === null`, 'the window');
  });
});

describe('a host', () => {
  it('locks the room, asks to mute, removes, shares the role by a link, and ends the meeting', async () => {
    const [url, pages] = await Promise.all([scene.start(), scene.openedAll(openChromiumPages(3))]);
    const [annPage, bobPage, evePage] = pages;
    const ann = await MeetingPage.join(annPage, url, 'e2e', 'Ann');
    await ann.shows('You opened this room and are its host.');
    const bob = await MeetingPage.join(bobPage, url, 'e2e', 'Bob');
    await ann.seesMovingPictureOf('Bob');

    await choose(ann, 'More', 'Lock the room');
    await Promise.all([ann, bob].map((one) => one.shows('Room locked')));
    let eve = await MeetingPage.join(evePage, url, 'e2e', 'Eve');
    await eve.shows('The room is locked');
    await choose(ann, 'More', 'Unlock the room');
    await eve.press('Try again');
    await ann.shows('Eve is here now.');

    await ann.press('People (3)');
    await unfold(ann, 'Bob');
    await ann.press('Ask to mute');
    await bob.shows('Ann asks you to mute your microphone.');
    await findsNothing(bob.page);
    await bob.press('Mute me');
    await sees(ann, `${mutedSign('Bob')} === true`, 'Bob muted');
    await sees(bob, `document.activeElement.localName === 'main'`, 'where the focus went');

    const link = await ann.page.evaluate<string>(`location.href.split('?')[0] + '#host=' + window.rivero.hostToken`);
    await eve.press('Turn camera off');
    await evePage.evaluate(`void (location.hash = ${JSON.stringify(new URL(link).hash)})`);
    await eve.press('Join again as a host');
    await sees(eve, `window.rivero?.role === 'host' && location.hash === ''`, 'that she is a host');
    await sees(eve, `window.rivero.localTracks.map(({ source }) => source).join() === 'microphone'`, 'no camera');
    eve = await MeetingPage.join(evePage, url, 'elsewhere', 'Eve');
    await evePage.goto(link.replace('#', '?name=Eve&lang=en&join#'));
    await ann.shows('Eve is here now.');
    await sees(eve, `window.rivero?.role === 'host' && location.hash === ''`, 'that she is a host');
    await evePage.goto(`${url}/meet/e2e?name=Eve&lang=en&join`);
    await sees(eve, `window.rivero?.role === 'host'`, 'that she is a host after a reload');

    await ann.press('Remove from the room');
    await sees(ann, `document.querySelector('[role="dialog"]') !== null`, 'the question');
    await findsNothing(ann.page);
    await press(annPage, `document.querySelectorAll('[role="dialog"] .danger')[0]`, 'Ann removes Bob');
    await bob.shows('A host removed you from the meeting');

    await choose(ann, 'Leave options', 'End for everybody');
    await ann.press('End for everybody');
    await eve.shows('The meeting is over');
    await ann.shows('The meeting is over');
  });
});
