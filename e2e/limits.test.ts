import { describe, expect, it } from 'vitest';
import { eventually, openChromium, openFirefox } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

/** Calls the SDK as a web developer does; the room is `window.rivero`. */
async function call({ page }: MeetingPage, what: string): Promise<void> {
  await page.evaluate(`window.rivero.${what}.then(() => true)`);
}

const entry = `[...(await window.rivero.peerConnection.getStats()).values()].filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')
  .reduce((a, b) => (b.lastPacketReceivedTimestamp ?? 0) > (a?.lastPacketReceivedTimestamp ?? 0) ? b : a, undefined)`;

/** The growth of two counters of the received picture within some seconds, a second. */
function rates(seconds: number): string {
  return `(async () => {
    const look = async () => { const entry = ${entry}; return [entry?.bytesReceived + entry?.headerBytesReceived, entry?.framesDecoded]; };
    const before = await look();
    const at = performance.now();
    await new Promise((resolve) => setTimeout(resolve, ${seconds * 1000}));
    const now = await look();
    const passed = (performance.now() - at) / 1000;
    return { bitrate: (now[0] - before[0]) * 8 / passed, frameRate: (now[1] - before[1]) / passed };
  })()`;
}

/** Noise compresses badly: a picture of it takes all the bits that it may have. */
const noise = `(() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
  const context = canvas.getContext('2d');
  const image = context.createImageData(320, 180);
  const pixels = new Uint32Array(image.data.buffer);
  setInterval(() => {
    for (let i = 0; i < pixels.length; i++) pixels[i] = 0xff000000 | (Math.random() * 0x1000000);
    context.putImageData(image, 0, 0);
    context.drawImage(canvas, 0, 0, 320, 180, 0, 0, 1280, 720);
  }, 50);
  return canvas.captureStream(20).getVideoTracks()[0];
})()`;

const height = `document.querySelector('[data-testid="tile"][data-name="Ann"] video')?.videoHeight`;
const received = `window.rivero.statistics().then(({ tracks }) => tracks.find(({ direction, kind }) => direction === 'received' && kind === 'video'))`;

async function eventuallyReceives({ page }: MeetingPage, expression: string, what: string): Promise<void> {
  await eventually(page, expression, what, 40_000);
}

describe.each(['chromium', 'firefox'] as const)('what %s sends', (browser) => {
  it('keeps to the limits of bit rate, height and frame rate, and to the codec that is preferred', async () => {
    const url = await scene.start();
    const sender = await scene.opened(browser === 'chromium' ? openChromium() : openFirefox());
    await sender.runFirst("localStorage.removeItem('rivero.sending')");
    const bob = await MeetingPage.join(await scene.opened(openChromium({ hasDevices: false })), url, 'limits', 'Bob');
    const ann = await MeetingPage.join(sender, url, 'limits', 'Ann');
    await bob.seesMovingPictureOf('Ann');

    await call(ann, 'setCameraLimits({ height: 180 })');
    await eventuallyReceives(bob, `${height} > 0 && ${height} <= 180`, 'a picture of 180 lines');
    await call(ann, 'setCameraMuted(true)');
    await call(ann, 'setCameraMuted(false)');
    await bob.seesMovingPictureOf('Ann');
    expect(await bob.page.evaluate<number>(height)).toBeLessThanOrEqual(180);

    await call(ann, 'setCameraLimits({ frameRate: 8 })');
    await eventuallyReceives(bob, `${rates(3)}.then(({ frameRate }) => frameRate > 4 && frameRate < 9)`, '8 frames/s');
    await eventuallyReceives(bob, `${height} > 180`, 'the height that it had');
    await call(ann, 'setCameraLimits({})');
    await eventuallyReceives(bob, `${rates(2)}.then(({ frameRate }) => frameRate > 12)`, 'more than 12 frames/s');

    await call(ann, `setPreferredCodec('VP9')`);
    await eventuallyReceives(bob, `${received}.then((track) => track?.codec === 'VP9' && track.bitrate > 0)`, 'VP9');
    await call(ann, 'setPreferredCodec(undefined)');
    await eventuallyReceives(bob, `${received}.then((track) => track?.codec === 'VP8' && track.bitrate > 0)`, 'VP8');

    await call(ann, `replaceCamera(${noise})`);
    await eventuallyReceives(bob, `${rates(2)}.then(({ bitrate }) => bitrate > 1_000_000)`, 'more than 1 Mbit/s');
    await call(ann, 'setCameraLimits({ bitrate: 500_000 })');
    // An encoder comes down to a limit in steps.
    const isWithin = `bitrate > ${0.3 * 500_000} && bitrate < ${1.15 * 500_000}`;
    await eventuallyReceives(bob, `${rates(5)}.then(({ bitrate }) => ${isWithin})`, 'about 500 kbit/s for 5 s');
  });
});
