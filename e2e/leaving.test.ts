import { describe, it } from 'vitest';
import { openChromium, openFirefox } from './harness/browser.ts';
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
