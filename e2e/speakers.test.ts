import { describe, it } from 'vitest';
import { type BrowserPage, eventually, openChromium, openChromiumPages, openFirefox } from './harness/browser.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { useScene } from './harness/scene.ts';

const scene = useScene();

/** The page's room says that exactly these speak, the main speaker first. */
async function hearsSpeak({ page, name }: MeetingPage, names: readonly string[]): Promise<void> {
  const expression = `(() => {
    const { activeSpeakers, participants, participantId } = window.rivero;
    const nameOf = (id) => id === participantId ? ${JSON.stringify(name)} : participants.find((p) => p.participantId === id)?.name;
    const isMarked = participants.every((p) => p.isSpeaking === activeSpeakers.includes(p.participantId));
    return isMarked && JSON.stringify(activeSpeakers.map(nameOf)) === ${JSON.stringify(JSON.stringify(names))};
  })()`;
  await eventually(page, expression, `${name} knows that [${names.join(', ')}] speak`, 10_000);
}

async function allHearSpeak(all: readonly MeetingPage[], names: readonly string[]): Promise<void> {
  await Promise.all(all.map((one) => hearsSpeak(one, names)));
}

async function setMuted({ page }: MeetingPage, muted: boolean): Promise<void> {
  await page.evaluate(`window.rivero.setMicrophoneMuted(${muted})`);
}

/** In the page: what arrived of that person's camera, as two numbers. */
function cameraOf(name: string): string {
  return `window.rivero.peerConnection.getStats().then((report) => {
    const person = window.rivero.participants.find((p) => p.name === ${JSON.stringify(name)});
    const { id } = person.tracks.find(({ source }) => source === 'camera').mediaStreamTrack;
    const entry = [...report.values()].find((e) => e.type === 'inbound-rtp' && e.trackIdentifier === id);
    return { bytes: entry?.bytesReceived ?? 0, frames: entry?.framesDecoded ?? 0 };
  })`;
}

/** Measured over a second: whether bytes, and decoded frames, grow. */
function grows(name: string, condition: (grown: string) => string): string {
  return `(async () => {
    const before = await ${cameraOf(name)};
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const after = await ${cameraOf(name)};
    return ${condition('{ bytes: after.bytes - before.bytes, frames: after.frames - before.frames }')};
  })()`;
}

async function getsPictures(page: BrowserPage, of: string): Promise<void> {
  await eventually(
    page,
    grows(of, (grown) => `(${grown}).frames > 2`),
    `frames of ${of} are decoded`,
  );
}

async function getsNothing(page: BrowserPage, of: string): Promise<void> {
  await eventually(
    page,
    grows(of, (grown) => `(${grown}).bytes === 0`),
    `nothing comes of the camera of ${of}`,
  );
}

async function setVideoReceived(page: BrowserPage, name: string, received: boolean): Promise<void> {
  const id = `window.rivero.participants.find((p) => p.name === ${JSON.stringify(name)}).participantId`;
  await page.evaluate(`window.rivero.setVideoReceived(${id}, ${received})`);
}

describe('who speaks', () => {
  it('is named to everybody, by what Chromium and Firefox send, until they mute', async () => {
    const url = await scene.start();
    const [annPage, bobPage] = await Promise.all([
      scene.opened(openChromium({ hertz: 440 })),
      scene.opened(openFirefox()),
    ]);
    const ann = await MeetingPage.join(annPage, url, 'e2e', 'Ann');
    const bob = await MeetingPage.join(bobPage, url, 'e2e', 'Bob');
    const all = [ann, bob];
    await Promise.all([ann.seesMovingPictureOf('Bob'), bob.seesMovingPictureOf('Ann')]);
    await setMuted(bob, true);
    await allHearSpeak(all, ['Ann']);
    await setMuted(ann, true);
    await allHearSpeak(all, []);
    await setMuted(bob, false);
    await allHearSpeak(all, ['Bob']);
  });
});

describe('a camera that one does not want', () => {
  it('is stopped at the server for this one only, also by a new connection, and comes back as a moving picture', async () => {
    const url = await scene.start();
    const [annPage, bobPage, evePage] = await scene.openedAll(openChromiumPages(3));
    if (annPage === undefined || bobPage === undefined || evePage === undefined) throw new Error('no pages');
    await MeetingPage.join(annPage, url, 'e2e', 'Ann');
    await MeetingPage.join(evePage, url, 'e2e', 'Eve');
    const bob = await MeetingPage.join(bobPage, url, 'e2e', 'Bob');
    await bob.seesMovingPictureOf('Ann');
    await getsPictures(bobPage, 'Ann');
    await setVideoReceived(bobPage, 'Ann', false);
    await getsNothing(bobPage, 'Ann');
    await Promise.all([getsPictures(bobPage, 'Eve'), getsPictures(evePage, 'Ann')]);
    await bob.connectsAnew(() => scene.program.signal('SIGUSR2'));
    await getsPictures(bobPage, 'Eve');
    await getsNothing(bobPage, 'Ann');
    await setVideoReceived(bobPage, 'Ann', true);
    await getsPictures(bobPage, 'Ann');
  });
});
