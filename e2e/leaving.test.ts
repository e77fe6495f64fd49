import { describe, expect, it } from 'vitest';
import { openChromium, openChromiumPages, openFirefox } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { leavesNothingOpen, watchOpenThings } from './harness/open-things.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

describe('a meeting that is left', () => {
  it.each([
    ['Chromium', openChromium],
    ['Firefox', openFirefox],
  ])('leaves no timer, socket, track or connection in %s, however it was left', async (_browser, open) => {
    const url = await scene.start();
    const page = await scene.opened(open());
    await watchOpenThings(page);
    const bob = await MeetingPage.join(await scene.opened(openChromium()), url, 'leaving', 'Bob');
    const ann = await MeetingPage.join(page, url, 'leaving', 'Ann');
    await ann.seesMovingPictureOf('Bob');
    await ann.press('Mute microphone');
    await ann.press('Turn camera off');
    await ann.press('Turn camera on');
    await bob.seesMovingPictureOf('Ann');

    await ann.press('Leave');
    await bob.hasNoTileOf('Ann', 5_000);
    await leavesNothingOpen(page);

    await ann.press('Join again');
    await bob.seesMovingPictureOf('Ann');
    // As by the browser's back button: the page goes, the document stays.
    await page.evaluate(
      "(history.pushState({}, '', '/'), dispatchEvent(new PopStateEvent('popstate', { state: {} })))",
    );
    await bob.hasNoTileOf('Ann', 5_000);
    await leavesNothingOpen(page);
  });
});

describe('a room that everybody has left', () => {
  it('leaves nothing in the media worker', async () => {
    const url = await scene.start({ LOG: 'info,engine=debug' });
    const [annPage, bobPage] = await scene.openedAll(openChromiumPages(2));
    const free: string[] = [];
    for (const round of [1, 2]) {
      const ann = await MeetingPage.join(annPage, url, `round-${round}`, 'Ann');
      const bob = await MeetingPage.join(bobPage, url, `round-${round}`, 'Bob');
      await Promise.all([ann.seesMovingPictureOf('Bob'), bob.seesMovingPictureOf('Ann')]);
      await ann.press('Leave');
      await bob.press('Leave');
      const closed = new RegExp(`Room round-${round} is closed\\. Held: ([^.]*)\\.`);
      await scene.program.logs(closed);
      const [, held = ''] = closed.exec(scene.program.log) ?? [];
      expect(held).toMatch(/^0 rooms, 0 sessions, 0 streams; \d+ slots are free$/);
      free.push(held);
    }
    expect(new Set(free).size).toBe(1);
  });
});
