import { afterAll, beforeAll, describe, it } from 'vitest';
import { type BrowserPage, openChromium, openFirefox } from './harness/browser.ts';
import { blue } from './harness/known-media.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { machineName, namingPrefs, namingSwitches } from './harness/named-machine.ts';
import { chooseRelayByRoom } from './harness/one-relay-protocol.ts';
import { PlainPage } from './harness/plain-page.ts';
import { press } from './harness/press.ts';
import { Program } from './harness/program.ts';

const blueHue = 240;

let program: Program;
let url: string;
let chromium: BrowserPage;
let firefox: BrowserPage;

beforeAll(async () => {
  [program, chromium, firefox] = await Promise.all([
    Program.start({ TURN_PORT: '0', TURN_TLS_PORT: '0' }),
    openChromium({ colour: blue, hertz: 440, switches: namingSwitches }),
    openFirefox(namingPrefs),
  ]);
  url = program.secureUrlOf(machineName);
  await Promise.all([chromium, firefox].map((page) => chooseRelayByRoom(page)));
});

afterAll(async () => {
  await Promise.all([chromium, firefox].map((page) => page.close().catch(() => {})));
  await program.stop();
});

/** Ann has a Chromium, Fay a Firefox. */
interface Two {
  readonly ann: MeetingPage;
  readonly fay: MeetingPage;
}

async function seeEachOther({ ann, fay }: Two): Promise<void> {
  await Promise.all([
    ann.seesMovingPictureOf('Fay'),
    fay.seesMovingPictureOf('Ann'),
    fay.seesColourOf('Ann', blueHue),
    fay.hearsToneOf('Ann', 440),
  ]);
}

describe('a meeting whose address says "relay"', () => {
  it.each(['udp', 'tcp', 'tls'] as const)('goes through our TURN server by %s', async (protocol) => {
    const ann = await MeetingPage.joinByRelay(chromium, url, `relay-${protocol}`, 'Ann');
    const fay = await MeetingPage.joinByRelay(firefox, url, `relay-${protocol}`, 'Fay');
    await seeEachOther({ ann, fay });
    await Promise.all([ann, fay].map((person) => person.isConnectedBy('relay', protocol)));
  });
});

/** Presses one thing in the menu of what else there is. */
async function choose(person: MeetingPage, text: string): Promise<void> {
  await person.press('More');
  const item = `[...document.querySelectorAll('[role="menuitem"]')].find(({ innerText }) => innerText.includes(${JSON.stringify(text)}))`;
  await press(person.page, item, `${person.name} chooses ${text}`);
}

it('a host sends a running meeting through the relay, and back', async () => {
  const ann = await MeetingPage.join(chromium, url, 'moved', 'Ann');
  const fay = await MeetingPage.join(firefox, url, 'moved', 'Fay');
  const areConnected = (path: 'direct' | 'relay'): Promise<unknown> =>
    Promise.all([ann, fay].map((person) => person.isConnectedBy(path)));
  await seeEachOther({ ann, fay });
  await areConnected('direct');
  await choose(ann, 'Send everything through the relay');
  await areConnected('relay');
  await seeEachOther({ ann, fay });
  await choose(ann, 'Allow direct paths again');
  await areConnected('direct');
  await seeEachOther({ ann, fay });
});

it('two pages of the 1:1 protocol call each other through the relay', async () => {
  const guests = await Promise.all(
    [chromium, firefox].map(async (page, index) => {
      await page.goto(`${url}/examples/p2p/?relay`);
      return new PlainPage(page, index === 0 ? 'Ann' : 'Fay');
    }),
  );
  for (const guest of guests) {
    await guest.type('room', 'relay');
    await guest.press('join');
  }
  const [ann, fay] = guests;
  await Promise.all([ann?.seesMovement('remote'), fay?.seesHue('remote', blueHue), fay?.hearsTone('remote', 440)]);
  await Promise.all(guests.map((guest) => guest.says('Through the relay')));
});
