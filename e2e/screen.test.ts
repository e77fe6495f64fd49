import { describe, expect, it } from 'vitest';
import { eventually, openChromium, openFirefox } from './harness/browser.ts';
import { red } from './harness/known-media.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

const screen = `document.querySelector('[data-testid="screen"][data-name="Ann"]')`;

/** Headless Chromium's screen is a green picture that its fake device draws; the cameras here are red, or none. */
async function seesScreen({ page, name }: MeetingPage): Promise<void> {
  const expression = `(async () => {
    const video = ${screen}?.querySelector('video');
    if (!video || video.videoWidth === 0) return false;
    const canvas = new OffscreenCanvas(32, 32);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 32, 32);
    const [r, g, b] = context.getImageData(16, 24, 1, 1).data;
    const count = () => video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames;
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return g > r + 60 && g > b + 60 && count() > before + 1;
  })()`;
  await eventually(page, expression, `${name} sees the screen of Ann move`);
}

async function seesNoScreen({ page, name }: MeetingPage): Promise<void> {
  await eventually(page, `${screen} === null`, `${name} sees the screen gone`, 5_000);
}

describe('a shared screen', () => {
  it('is seen large in Chromium and Firefox, goes when sharing ends, and can be shared again', async () => {
    const url = await scene.start();
    const ann = await MeetingPage.join(await scene.opened(openChromium({ colour: red })), url, 'e2e', 'Ann');
    const bob = await MeetingPage.join(await scene.opened(openChromium({ hasDevices: false })), url, 'e2e', 'Bob');
    const eve = await MeetingPage.join(await scene.opened(openFirefox()), url, 'e2e', 'Eve');
    await bob.seesMovingPictureOf('Ann');

    await ann.press('Share screen');
    await ann.shows('You are sharing your screen');
    expect(await ann.page.evaluate("document.querySelector('.notes').getBoundingClientRect().height")).toBe(0);
    await Promise.all([seesScreen(bob), seesScreen(eve)]);
    await bob.shows('Screen of Ann');
    await bob.seesColourOf('Ann', 0);
    await bob.fitsItsWidth();
    const isLargeBeside = `(() => {
      const shown = ${screen}.getBoundingClientRect();
      const tiles = [...document.querySelectorAll('[data-testid="tile"]')].map((tile) => tile.getBoundingClientRect());
      return tiles.length === 3 && tiles.every(({ left, width, height }) => left >= shown.right && 4 * width * height < shown.width * shown.height);
    })()`;
    await eventually(bob.page, isLargeBeside, 'Bob sees the screen large, and the people beside it');

    await ann.press('Stop sharing');
    await Promise.all([seesNoScreen(bob), seesNoScreen(eve)]);

    const sections = 'window.rivero.peerConnection.getTransceivers().length';
    const before = await ann.page.evaluate<number>(sections);
    await ann.press('Share screen');
    await Promise.all([seesScreen(bob), seesScreen(eve)]);
    expect(await ann.page.evaluate<number>(sections)).toBe(before);

    // What the track tells when the browser's own button is pressed, which a headless browser does not have.
    await ann.page.evaluate(
      `window.rivero.localTracks.find(({ source }) => source === 'screen').track.dispatchEvent(new Event('ended'))`,
    );
    await Promise.all([seesNoScreen(bob), seesNoScreen(eve)]);
    await ann.press('Share screen');
    await seesScreen(bob);
  });
});
