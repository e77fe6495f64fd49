import { describe, it } from 'vitest';
import { openChromiumPages } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { useScene } from './harness/scene.ts';

const count = 9;

/** A picture so small that one machine can encode and decode all of them. */
const smallPicture = `(() => {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = (wish) =>
    open(wish.video ? { ...wish, video: { width: 160, height: 90, frameRate: 8 } } : wish);
})()`;

const scene = useScene();

describe('a crowd', () => {
  it(`${count} people in one room all see each other, and one who goes is gone for all`, async () => {
    const url = await scene.start();
    const pages = await scene.openedAll(openChromiumPages(count, { viewport: { width: 800, height: 500 } }));
    const people: MeetingPage[] = [];
    for (const [index, page] of pages.entries()) {
      await page.runFirst(smallPicture);
      people.push(await MeetingPage.join(page, url, 'crowd', `Person ${index + 1}`));
    }
    for (const one of people) {
      const others = people.filter(({ name }) => name !== one.name);
      await Promise.all(others.map(({ name }) => one.seesMovingPictureOf(name, 60_000)));
      await one.fitsItsWidth();
    }
    const [first, ...others] = people;
    await first?.press('Leave');
    await Promise.all(others.map((one) => one.hasNoTileOf('Person 1', 5_000)));
    await Promise.all(others.map((one) => one.seesMovingPictureOf(one.name === 'Person 2' ? 'Person 3' : 'Person 2')));
  });
});
