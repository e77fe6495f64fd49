import { describe, expect, it } from 'vitest';
import { type BrowserPage, openChromium, openFirefox } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

/** The port of the server to which the page's media goes. */
async function mediaPort(page: BrowserPage): Promise<unknown> {
  return page.evaluate(`window.rivero.peerConnection.getStats().then((report) => {
    const entries = [...report.values()];
    const isSelected = (e) => e.type === 'candidate-pair' && e.nominated && e.state === 'succeeded';
    return report.get(entries.find(isSelected)?.remoteCandidateId)?.port;
  })`);
}

describe('a room that is in several media workers', () => {
  it('is one room to its people: all see and hear each other in Chromium and Firefox, and one who goes is gone for all', async () => {
    const url = await scene.start({ MEDIA_WORKERS: '3', ROOM_SESSIONS_PER_WORKER: '1' });
    const tones = { Ann: 440, Bob: 880 };
    const [annPage, bobPage, evePage] = await Promise.all([
      scene.opened(openChromium({ hertz: tones.Ann })),
      scene.opened(openChromium({ hertz: tones.Bob })),
      scene.opened(openFirefox()),
    ]);
    const ann = await MeetingPage.join(annPage, url, 'big', 'Ann');
    const bob = await MeetingPage.join(bobPage, url, 'big', 'Bob');
    const eve = await MeetingPage.join(evePage, url, 'big', 'Eve');
    const all = [ann, bob, eve];
    for (const one of all) {
      const others = all.filter(({ name }) => name !== one.name);
      await Promise.all(others.map(({ name }) => one.seesMovingPictureOf(name)));
    }
    await Promise.all([bob.hearsToneOf('Ann', tones.Ann), eve.hearsToneOf('Bob', tones.Bob)]);
    const ports = await Promise.all([annPage, bobPage, evePage].map((page) => mediaPort(page)));
    expect(new Set(ports).size).toBe(3);
    await ann.press('Leave');
    await Promise.all([bob, eve].map((one) => one.hasNoTileOf('Ann', 5_000)));
    await Promise.all([bob.seesMovingPictureOf('Eve'), eve.seesMovingPictureOf('Bob')]);
  });
});
