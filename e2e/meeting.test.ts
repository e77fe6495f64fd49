import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium, openFirefox } from './harness/browser.ts';
import { blue, red } from './harness/known-media.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { type Scene, useScene } from './harness/scene.ts';

const redHue = 0;
const blueHue = 240;

const scene = useScene();

/** Ann shows red and plays 440 Hz, Bob blue and 880 Hz: both in Chromium, in one room. */
async function annAndBob(url: string, from: Scene = scene): Promise<{ ann: MeetingPage; bob: MeetingPage }> {
  const [annPage, bobPage] = await Promise.all([
    from.opened(openChromium({ colour: red, hertz: 440 })),
    from.opened(openChromium({ colour: blue, hertz: 880 })),
  ]);
  const ann = await MeetingPage.join(annPage, url, 'e2e', 'Ann');
  const bob = await MeetingPage.join(bobPage, url, 'e2e', 'Bob');
  await Promise.all([ann.seesMovingPictureOf('Bob'), bob.seesMovingPictureOf('Ann')]);
  return { ann, bob };
}

async function threeMeet(url: string): Promise<void> {
  const { ann, bob } = await annAndBob(url);
  const eve = await MeetingPage.join(await scene.opened(openFirefox()), url, 'e2e', 'Eve');
  await Promise.all([
    eve.seesMovingPictureOf('Ann'),
    eve.seesMovingPictureOf('Bob'),
    ann.seesMovingPictureOf('Eve'),
    bob.seesMovingPictureOf('Eve'),
  ]);
  await Promise.all([ann.seesColourOf('Bob', blueHue), bob.seesColourOf('Ann', redHue)]);
  await Promise.all([eve.seesColourOf('Ann', redHue), eve.seesColourOf('Bob', blueHue)]);
  await Promise.all([ann.hearsToneOf('Bob', 880), bob.hearsToneOf('Ann', 440)]);
  await Promise.all([eve.hearsToneOf('Ann', 440), eve.hearsToneOf('Bob', 880)]);
}

describe('a meeting', () => {
  it('two Chromiums and a Firefox see and hear each other over UDP', async () => {
    await threeMeet(await scene.start());
  });

  it('two Chromiums and a Firefox see and hear each other over TCP when UDP is off', async () => {
    const url = await scene.start({ MEDIA_UDP: 'off' });
    await threeMeet(url);
  });

  describe('of two, in which one thing happens after the other', () => {
    const shared = useScene(afterAll);
    let ann: MeetingPage;
    let bob: MeetingPage;

    beforeAll(async () => {
      ({ ann, bob } = await annAndBob(await shared.start(), shared));
    });

    it('a cut socket is resumed while the media goes on, without a renegotiation', async () => {
      const before = await bob.page.evaluate<string>('window.rivero.peerConnection.localDescription.sdp');
      await bob.page.evaluate('window.rivero.socket.io.engine.close()');
      await ann.seesMovingPictureOf('Bob', 2_000);
      await bob.page.evaluate(
        'new Promise((resolve) => { const look = () => window.rivero.state === "connected" ? resolve() : setTimeout(look, 50); look(); })',
      );
      await ann.press('Mute microphone');
      await bob.tileOfShows('Ann', 'muted');
      expect(await bob.page.evaluate('window.rivero.peerConnection.localDescription.sdp')).toBe(before);
    });

    it('a camera that is turned off is told to the others, and its picture comes back', async () => {
      await ann.press('Turn camera off');
      await bob.tileOfShows('Ann', 'Camera off');
      await ann.press('Turn camera on');
      await bob.seesMovingPictureOf('Ann');
      await bob.seesColourOf('Ann', redHue);
    });

    it('goes on by itself when the media worker dies and is replaced', async () => {
      await ann.connectsAnew(() => shared.program.signal('SIGUSR2'));
      await ann.seesMovingPictureOf('Bob');
      await bob.seesMovingPictureOf('Ann');
    });

    it('a closed tab is gone at once, a killed browser within 15 s', async () => {
      const carl = await MeetingPage.join(await shared.opened(openChromium()), shared.program.url, 'e2e', 'Carl');
      await ann.seesMovingPictureOf('Carl');
      await bob.page.goto('about:blank');
      await ann.hasNoTileOf('Bob', 3_000);
      await carl.page.kill();
      await ann.hasNoTileOf('Carl', 15_000);
    });
  });

  it('a camera with a real picture is sent at a good bitrate, because the browser hears how much gets through', async () => {
    const url = await scene.start();
    const ann = await MeetingPage.join(await scene.opened(openChromium()), url, 'e2e', 'Ann');
    const bob = await MeetingPage.join(await scene.opened(openChromium()), url, 'e2e', 'Bob');
    await bob.seesMovingPictureOf('Ann');
    await Promise.all([ann.estimatesAtLeast(600_000), bob.estimatesAtLeast(600_000)]);
  });

  it('somebody without camera and microphone enters an empty room, sees who comes, and does so after a media worker died', async () => {
    const url = await scene.start();
    const eve = await MeetingPage.join(await scene.opened(openChromium({ hasDevices: false })), url, 'e2e', 'Eve');
    const ann = await MeetingPage.join(
      await scene.opened(openChromium({ colour: red, hertz: 440 })),
      url,
      'e2e',
      'Ann',
    );
    await eve.seesColourOf('Ann', redHue);
    await ann.tileOfShows('Eve', 'No camera');
    await eve.connectsAnew(() => scene.program.signal('SIGUSR2'));
    await eve.seesMovingPictureOf('Ann');
    await eve.hearsToneOf('Ann', 440);
  });

  it('a phone walks in over https, in Chinese, and meets somebody at the desk', async () => {
    const url = await scene.start();
    const ann = await MeetingPage.join(await scene.opened(openChromium({ colour: red })), url, 'e2e', 'Ann');
    const phone = await scene.opened(openChromium({ viewport: { width: 390, height: 844 }, locale: 'zh-CN' }));
    const li = await MeetingPage.walkIn(phone, scene.program.secureUrl, 'e2e', '李', { go: '进入房间', join: '加入' });
    await Promise.all([li.seesMovingPictureOf('Ann'), ann.seesMovingPictureOf('李')]);
    await li.seesColourOf('Ann', redHue);
    await li.fitsItsWidth();
    await li.press('静音');
    await ann.tileOfShows('李', 'muted');
    await li.press('离开');
    await li.shows('你已离开房间');
    await ann.hasNoTileOf('李', 3_000);
  });

  it('a server that is told to stop ends within 5 s, and everybody is back by themselves when it runs again', async () => {
    const url = await scene.start();
    const { ann, bob } = await annAndBob(url);
    const asked = performance.now();
    scene.program.signal('SIGTERM');
    expect(await scene.program.exited()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);
    await ann.shows('You will be back in the room by yourself');
    await scene.program.stop();
    await scene.start({ HTTP_PORT: new URL(url).port });
    await Promise.all([ann.seesMovingPictureOf('Bob'), bob.seesMovingPictureOf('Ann')]);
  });
});
