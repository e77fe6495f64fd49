import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserPage, openChromium, openFirefox } from './harness/browser.ts';
import { blue } from './harness/known-media.ts';
import { MeetingPage } from './harness/meeting-page.ts';
import { machineName, namingPrefs, namingSwitches } from './harness/named-machine.ts';
import { chooseRelayByRoom } from './harness/one-relay-protocol.ts';
import { PlainPage } from './harness/plain-page.ts';
import { press } from './harness/press.ts';
import { Program } from './harness/program.ts';
import { SilentHost } from './harness/silent-host.ts';
import { TurnServer } from './harness/turn-server.ts';

const blueHue = 240;

/** Run first in a page: what becomes of the connection, and of the search for candidates, in its order, as `iceSteps`. */
const noteIceSteps = `
  window.iceSteps = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super(configuration);
      this.addEventListener('connectionstatechange', () => iceSteps.push(this.connectionState));
      this.addEventListener('icegatheringstatechange', () => iceSteps.push(this.iceGatheringState));
    }
  };`;

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
  await Promise.all([chromium, firefox].map((page) => page.runFirst(noteIceSteps)));
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

/** Opens the menu of a button, and chooses what is in it. */
async function choose(person: MeetingPage, menu: string, item: string): Promise<void> {
  await person.press(menu);
  const found = `[...document.querySelectorAll('[role="menuitem"]')].find(({ innerText }) => innerText.includes(${JSON.stringify(item)}))`;
  await press(person.page, found, `${person.name} chooses ${item} in the menu ${menu}`);
}

it('a host sends a running meeting through the relay, and back', async () => {
  const ann = await MeetingPage.join(chromium, url, 'moved', 'Ann');
  const fay = await MeetingPage.join(firefox, url, 'moved', 'Fay');
  const areConnected = (path: 'direct' | 'relay'): Promise<unknown> =>
    Promise.all([ann, fay].map((person) => person.isConnectedBy(path)));
  await seeEachOther({ ann, fay });
  await areConnected('direct');
  await choose(ann, 'More', 'Send everything through the relay');
  await areConnected('relay');
  await seeEachOther({ ann, fay });
  await choose(fay, 'Options for Ann', 'Connection details');
  await fay.shows('through the relay (');
  await choose(ann, 'More', 'Allow direct paths again');
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

it('a coturn takes the place of our own server', async () => {
  const secret = 'a-secret-of-another-server';
  const coturn = await TurnServer.start(secret);
  const address = `${coturn.ip}:${coturn.port}`;
  const other = await Program.start({ TURN_URLS: `stun:${address},turn:${address}`, TURN_SECRET: secret });
  try {
    const ann = await MeetingPage.joinByRelay(chromium, other.secureUrlOf(machineName), 'coturn', 'Ann');
    const fay = await MeetingPage.joinByRelay(firefox, other.secureUrlOf(machineName), 'coturn', 'Fay');
    await seeEachOther({ ann, fay });
    await Promise.all([ann, fay].map((person) => person.isConnectedBy('relay', 'udp')));
  } finally {
    await Promise.all([other.stop(), coturn.stop()]);
  }
});

describe('TURN servers that nobody reaches', () => {
  let silent: SilentHost;
  let other: Program;

  beforeAll(async () => {
    silent = await SilentHost.open();
    const urls = ['udp', 'tcp'].map((transport) => `turn:${silent.ip}:${silent.port}?transport=${transport}`);
    other = await Program.start({ TURN_URLS: urls.join(), TURN_SECRET: 'a-secret-of-another-server' });
  });

  afterAll(async () => {
    await other.stop();
    silent.close();
  });

  it('slow nobody down who can do without', async () => {
    const ann = await MeetingPage.join(chromium, other.secureUrlOf(machineName), 'silent', 'Ann');
    const fay = await MeetingPage.join(firefox, other.secureUrlOf(machineName), 'silent', 'Fay');
    await seeEachOther({ ann, fay });
    for (const { page } of [ann, fay]) {
      // Chromium ends the search, which takes seconds, once it is connected.
      expect(await page.evaluate('iceSteps.slice(0, 2)')).toEqual(['gathering', 'connecting']);
    }
  });

  it('are named to who may take no other way', async () => {
    const [ann, fay] = await Promise.all([
      MeetingPage.joinByRelay(chromium, other.secureUrlOf(machineName), 'silent', 'Ann'),
      MeetingPage.joinByRelay(firefox, other.secureUrlOf(machineName), 'silent', 'Fay'),
    ]);
    const why = 'Picture and sound may go through the relay only, and it cannot be reached.';
    await Promise.all([ann.shows(why), fay.shows(why), ann.shows(`UDP ${silent.port}`)]);
  });
});
