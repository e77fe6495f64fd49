import { describe, expect, it } from 'vitest';
import { findsNothing } from './harness/axe.ts';
import { type BrowserPage, eventually, openChromium, openChromiumPages, openFirefox } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { outwardAddress } from './harness/outward-address.ts';
import { freePort } from './harness/program.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

const previewPlays = `document.querySelector('[data-testid="preview"]')?.videoWidth > 0`;
const isInside = `document.querySelector('[data-testid="tile"][data-own]') !== null`;

/** The way out is there to be read, not folded away. */
async function readsSteps(page: BrowserPage, first: string): Promise<void> {
  const steps = `[...document.querySelectorAll('details[open] li')].map((step) => step.innerText)`;
  await eventually(page, `${steps}[0]?.includes(${JSON.stringify(first)})`, `the first step is "${first}"`);
}

describe('no camera and microphone, because', () => {
  it('the person said no in Chromium: steps say how to allow them again, which is noticed by itself', async () => {
    const url = await scene.start();
    const page = await scene.opened(openChromium({ isDenying: true }));
    const ann = await MeetingPage.comeBefore(page, url, 'denied', 'Ann');
    await ann.shows('Your browser will ask whether this page may use your camera and microphone');
    await ann.press('Allow camera and microphone');
    await ann.shows('This page may not use your camera and microphone.');
    await readsSteps(page, 'Click the icon to the left of the address.');
    await ann.shows('Camera not allowed');
    const crossedOut = ['Turn camera on', 'Unmute microphone'].map((label) => `[aria-label="${label}"]`);
    expect(await page.evaluate(`document.querySelectorAll('${crossedOut.join()}').length`)).toBe(2);
    await findsNothing(page);
    await page.allowDevices?.();
    await eventually(page, previewPlays, 'the preview plays');
    await ann.press('Join');
    await eventually(page, isInside, 'Ann is inside');
  });

  it('the person said no in Firefox: its own steps, and the way in without them', async () => {
    const url = await scene.start();
    const denying = {
      'media.navigator.permission.disabled': false,
      'permissions.default.camera': 2,
      'permissions.default.microphone': 2,
    };
    const page = await scene.opened(openFirefox(denying));
    const ann = await MeetingPage.comeBefore(page, url, 'denied', 'Ann');
    await ann.shows('This page may not use your camera and microphone.');
    await readsSteps(page, 'Press the crossed-out camera or microphone beside the address');
    await ann.press('Join without devices');
    await eventually(page, isInside, 'Ann is inside');
  });

  it('there are none: one joins, and the note about it can be put away', async () => {
    const url = await scene.start();
    const page = await scene.opened(openChromium({ hasDevices: false }));
    const ann = await MeetingPage.comeBefore(page, url, 'none', 'Ann');
    await ann.shows('No camera or microphone was found.');
    await ann.press('Join');
    await ann.shows('The others neither see nor hear you.');
    await findsNothing(page);
    await ann.press('Do not show this again');
    await eventually(page, `!document.body.innerText.includes('neither see nor hear')`, 'the note is gone');
  });

  it('there are none, in Firefox, which asks before it looks', async () => {
    const url = await scene.start();
    const page = await scene.opened(openFirefox({ 'media.navigator.streams.fake': false }));
    const ann = await MeetingPage.comeBefore(page, url, 'none', 'Ann');
    await ann.press('Allow camera and microphone');
    await ann.shows('No camera or microphone was found.');
    await ann.press('Join');
    await ann.shows('The others neither see nor hear you.');
  });

  it('another program has them: when that one is closed, trying again is all there is to do', async () => {
    const url = await scene.start();
    const page = await scene.opened(openChromium());
    // Chromium's devices for tests are never busy, and Firefox's neither: this is what real ones throw.
    await page.runFirst(`(() => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      window.isBusy = true;
      mediaDevices.getUserMedia = (wish) =>
        window.isBusy ? Promise.reject(new DOMException('Could not start video source', 'NotReadableError')) : open(wish);
    })()`);
    const ann = await MeetingPage.comeBefore(page, url, 'busy', 'Ann');
    await ann.shows('Another program is using your camera and microphone.');
    await readsSteps(page, 'Close other programs and tabs that use it');
    await page.evaluate('void (window.isBusy = false)');
    await ann.press('Try again');
    await eventually(page, previewPlays, 'the preview plays');
  });

  it('the page came by http: the https address of this server is a link, and is the same room', async () => {
    const url = await scene.start();
    const address = outwardAddress();
    const page = await scene.opened(openChromium());
    const ann = await MeetingPage.comeBefore(page, url.replace('localhost', address), 'plain', 'Ann');
    await ann.shows('Your browser needs https for camera and microphone.');
    const secure = scene.program.secureUrl.replace('localhost', address);
    await ann.shows(`Open ${secure}`);
    const link = await page.evaluate<string>(`document.querySelector('a[href^="https:"]').href`);
    expect(link.startsWith(`${secure}/meet/plain?`)).toBe(true);
    await page.goto(link);
    await eventually(page, previewPlays, 'the preview plays');
  });
});

describe('a camera that is forbidden in the meeting', () => {
  it('is told apart from one that is pulled out, and is there again by one press when it is allowed', async () => {
    const url = await scene.start();
    const page = await scene.opened(openChromium({ isDenying: true }));
    await page.allowDevices?.();
    const ann = await MeetingPage.join(page, url, 'forbidden', 'Ann');
    await ann.seesMovingPictureOf('Ann');
    await page.forbidDevices?.();
    await ann.shows('This page may not use your camera.');
    await ann.shows('This page may not use your microphone.');
    await readsSteps(page, 'Click the icon to the left of the address.');
    await ann.tileOfShows('Ann', 'No camera');
    await ann.press('Try again');
    await ann.shows('This page may not use your camera.');
    await findsNothing(page);
    await page.allowDevices?.();
    await ann.press('Use fake_device_0');
    await ann.seesMovingPictureOf('Ann');
    await eventually(page, `!document.body.innerText.includes('Use fake_device_0')`, 'the note is gone');
  });
});

describe('a camera that is pulled out', () => {
  /** Fake devices cannot be pulled out: this takes one from the page's list, and ends its track, as browsers do. */
  const pullOut = `(async (track) => {
    const { mediaDevices } = navigator;
    const { deviceId } = track.getSettings();
    const list = mediaDevices.enumerateDevices.bind(mediaDevices);
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    const others = async () => (await list()).filter((device) => device.deviceId !== deviceId);
    mediaDevices.enumerateDevices = others;
    mediaDevices.getUserMedia = async ({ video, audio }) => {
      if (!video) return open({ audio });
      if (video.deviceId?.exact === deviceId) throw new OverconstrainedError('deviceId');
      const camera = (await others()).find(({ kind }) => kind === 'videoinput');
      return open({ video: { ...video, deviceId: { exact: camera.deviceId } } });
    };
    track.stop();
    mediaDevices.dispatchEvent(new Event('devicechange'));
    track.dispatchEvent(new Event('ended'));
  })`;
  const switches = ['--use-fake-device-for-media-stream=device-count=2'];

  it('before the meeting is replaced by another one, with a notice', async () => {
    const url = await scene.start();
    const page = await scene.opened(openChromium({ switches }));
    const ann = await MeetingPage.comeBefore(page, url, 'pulled', 'Ann');
    await eventually(page, previewPlays, 'the preview plays');
    await eventually(page, `document.querySelector('[data-testid="camera"] button') !== null`, 'cameras are listed');
    await page.evaluate(`${pullOut}(document.querySelector('[data-testid="preview"]').srcObject.getTracks()[0])`);
    await ann.shows('fake_device_0 is gone. fake_device_1 is used instead.');
    await eventually(page, previewPlays, 'the preview plays');
    const chosen = `document.querySelector('[data-testid="camera"] button').innerText.includes('fake_device_1')`;
    await eventually(page, chosen, 'the other one is chosen');
  });

  it('in the meeting is replaced by one press, without a new negotiation', async () => {
    const url = await scene.start();
    const page = await scene.opened(openChromium({ switches }));
    const ann = await MeetingPage.join(page, url, 'pulled', 'Ann');
    await eventually(page, `window.rivero?.mediaState === 'connected'`, 'Ann is connected');
    const camera = `rivero.localTracks.find(({ source }) => source === 'camera').track`;
    await page.evaluate(`${pullOut}(${camera})`);
    await ann.shows('Your camera was unplugged or taken away.');
    await ann.tileOfShows('Ann', 'No camera');
    await ann.press('Use fake_device_1');
    await ann.seesMovingPictureOf('Ann');
    await eventually(page, `${camera}.readyState === 'live' && ${camera}.label === 'fake_device_1'`, 'it is sent');
    await eventually(page, `!document.body.innerText.includes('was unplugged')`, 'the note is gone');
  });
});

describe('the room that is full', () => {
  it('says so, and lets in who tries again when somebody has left', async () => {
    const url = await scene.start({ ROOM_CAPACITY: '1' });
    const [first, second] = await scene.openedAll(openChromiumPages(2));
    if (first === undefined || second === undefined) throw new Error('no pages');
    const bob = await MeetingPage.join(first, url, 'full', 'Bob');
    await eventually(first, isInside, 'Bob is inside');
    const ann = await MeetingPage.join(second, url, 'full', 'Ann');
    await ann.shows('The room is full');
    await bob.press('Leave');
    await bob.shows('You have left the room');
    await ann.press('Try again');
    await eventually(second, isInside, 'Ann is inside');
  });
});

describe('the server', () => {
  it('that cannot be reached is told apart from one that is: then the way in works again', async () => {
    const port = String(await freePort());
    const url = await scene.start({ HTTP_PORT: port });
    const page = await scene.opened(openChromium());
    const ann = await MeetingPage.comeBefore(page, url, 'away', 'Ann');
    await eventually(page, previewPlays, 'the preview plays');
    await scene.program.stop();
    await ann.press('Join');
    await ann.shows('The server cannot be reached.');
    await scene.start({ HTTP_PORT: port });
    await ann.press('Try again');
    await eventually(page, isInside, 'Ann is inside');

    // In the meeting: killed as by a crash, without a word.
    scene.program.signal('SIGKILL');
    await ann.shows('The connection to the server is lost. It is being made again');
    await scene.program.stop();
    await scene.start({ HTTP_PORT: port });
    const isBack = `${isInside} && !document.body.innerText.includes('is lost') && window.rivero.mediaState === 'connected'`;
    await eventually(page, isBack, 'Ann is back');
  });

  it('that answers, but whose signaling is refused, is told apart, too', async () => {
    const url = await scene.start({ PUBLIC_HOSTS: 'meet.example' });
    const switches = ['--host-resolver-rules=MAP other.example 127.0.0.1'];
    const page = await scene.opened(openChromium({ switches }));
    const ann = await MeetingPage.join(page, url.replace('localhost', 'other.example'), 'refused', 'Ann');
    await ann.press('Join without devices');
    await ann.shows('WebSocket and long polling are both blocked.');
    await page.evaluate(`document.querySelector('[role="alert"] summary').click()`);
    await ann.shows('RIVERO_PUBLIC_HOSTS');
  });
});

describe('media that does not get through', () => {
  it('over UDP nor TCP names the ports to open', async () => {
    const url = await scene.start({ EXTERNAL_IPV4: '203.0.113.7' });
    // A company's network: no UDP at all, and TCP by a proxy that leads nowhere.
    const switches = [
      '--webrtc-ip-handling-policy=disable_non_proxied_udp',
      '--proxy-server=127.0.0.1:9',
      '--proxy-bypass-list=<-loopback>;localhost',
    ];
    const page = await scene.opened(openChromium({ switches }));
    const ann = await MeetingPage.join(page, url, 'blocked', 'Ann');
    await ann.shows('UDP and TCP to it are blocked.');
    const ports = await page.evaluate<readonly string[]>(
      `[...window.rivero.peerConnection.remoteDescription.sdp.matchAll(/ udp .* (\\d+) typ host/g)].map(([, port]) => port)`,
    );
    await ann.shows(`open UDP ${ports[0]}, TCP ${ports[0]} to`);
    await ann.shows('203.0.113.7');
    await findsNothing(page);
  });
});

describe('two tabs of one person', () => {
  it('are two participants with one name; closing one leaves the other', async () => {
    const url = await scene.start();
    const [first, second] = await scene.openedAll(openChromiumPages(2, { isOnePerson: true }));
    if (first === undefined || second === undefined) throw new Error('no pages');
    const one = await MeetingPage.join(first, url, 'tabs', 'Ann');
    const other = await MeetingPage.join(second, url, 'tabs', 'Ann');
    const others = `[...document.querySelectorAll('[data-testid="tile"]')].filter((tile) => tile.dataset.own === undefined)`;
    const seesOther = `${others}.length === 1 && ${others}[0].querySelector('video')?.videoWidth > 0`;
    await eventually(first, seesOther, 'the first tab sees the second');
    await eventually(second, seesOther, 'the second tab sees the first');
    await one.shows('Ann (you)');
    await other.press('Leave');
    await eventually(first, `${others}.length === 0`, 'the first tab is alone');
    await eventually(
      first,
      `window.rivero.mediaState === 'connected' && window.rivero.localTracks.every(({ track }) => track?.readyState === 'live')`,
      'its devices go on',
    );
  });
});
