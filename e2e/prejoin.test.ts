import { describe, expect, it } from 'vitest';
import { type BrowserPage, eventually, openChromium } from './harness/browser.ts';
import { blue, red } from './harness/known-media.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

const previewMoves = `(async () => {
  const video = document.querySelector('[data-testid="preview"]');
  const count = () => video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
  const before = count();
  await new Promise((resolve) => setTimeout(resolve, 500));
  return count() > before + 2;
})()`;

/** Remembers every device that the page opens, to see which are on. */
const watchDevices = `(() => {
  window.openedTracks = [];
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wish) => {
    const stream = await open(wish);
    window.openedTracks.push(...stream.getTracks());
    return stream;
  };
})()`;

function liveDevices(page: BrowserPage): Promise<readonly string[]> {
  return page.evaluate(
    "openedTracks.filter((track) => track.readyState === 'live').map((track) => track.kind).toSorted()",
  );
}

describe('before the meeting', () => {
  it('one sees oneself, joins muted and without camera, turns both on later, and leaves nothing open', async () => {
    const url = await scene.start();
    const bob = await MeetingPage.join(await scene.opened(openChromium({ colour: blue })), url, 'e2e', 'Bob');
    const page = await scene.opened(openChromium({ colour: red, hertz: 440 }));
    await page.runFirst(watchDevices);
    const ann = await MeetingPage.comeBefore(page, url, 'e2e', 'Ann');
    await eventually(page, previewMoves, 'the preview moves');
    await eventually(page, "document.querySelector('meter')?.value > 0.2", 'the meter shows the tone');
    await eventually(
      page,
      "document.querySelector('[data-testid=camera] button')?.innerText.trim().length > 0",
      'cameras are listed',
    );

    await ann.press('Mute microphone');
    await ann.press('Turn camera off');
    expect(await liveDevices(page)).toEqual([]);
    await ann.press('Join');
    await bob.tileOfShows('Ann', 'muted');
    await bob.tileOfShows('Ann', 'No camera');

    // Before it, the buttons are those of the way in.
    await ann.shows('Ann (you)');
    await ann.press('Turn camera on');
    await bob.seesMovingPictureOf('Ann');
    await bob.seesColourOf('Ann', 0);
    await ann.press('Unmute microphone');
    await bob.hearsToneOf('Ann', 440);

    await ann.press('Leave');
    await bob.hasNoTileOf('Ann', 3_000);
    expect(await liveDevices(page)).toEqual([]);
    await ann.press('Join again');
    await bob.seesMovingPictureOf('Ann');
  });

  it('what the preview opened is what is sent; off means that its light goes off', async () => {
    const url = await scene.start();
    const bob = await MeetingPage.join(await scene.opened(openChromium({ colour: blue })), url, 'e2e', 'Bob');
    const page = await scene.opened(openChromium({ colour: red, hertz: 440 }));
    await page.runFirst(watchDevices);
    const ann = await MeetingPage.comeBefore(page, url, 'e2e', 'Ann');
    await eventually(page, previewMoves, 'the preview moves');
    await ann.press('Join');
    await bob.seesColourOf('Ann', 0);
    await bob.hearsToneOf('Ann', 440);
    expect(await page.evaluate('openedTracks.length')).toBe(2);
    await ann.press('Turn camera off');
    await bob.tileOfShows('Ann', 'Camera off');
    expect(await liveDevices(page)).toEqual(['audio']);
    await ann.press('Leave');
    await ann.shows('You have left the room');
    expect(await liveDevices(page)).toEqual([]);
  });

  it('a link from elsewhere leads into the room, but turns nothing on and says nothing for good', async () => {
    const url = await scene.start();
    const page = await scene.opened(openChromium({ colour: red }));
    await page.runFirst(watchDevices);
    const ann = await MeetingPage.joinFromElsewhere(page, url, 'e2e', 'Ann');
    await ann.shows('You came by a link: microphone and camera are off.');
    expect(await page.evaluate('openedTracks.length')).toBe(0);
    expect(await page.evaluate("localStorage.getItem('rivero.name')")).toBe(null);
    await ann.press('Turn camera on');
    await ann.seesMovingPictureOf('Ann');
    await eventually(page, "!document.body.innerText.includes('You came by a link')", 'the note goes');
    await ann.press('Leave');
    await ann.press('Join again');
    await eventually(page, "openedTracks.some(({ kind }) => kind === 'audio')", 'a press turns both on');
    expect(await page.evaluate("localStorage.getItem('rivero.name')")).toBe('Ann');
  });
});
