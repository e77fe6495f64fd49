import { type BrowserPage, eventually } from './browser.ts';
import { hasHue, hasTone, isMoving } from './judged-media.ts';
import { press } from './press.ts';

/** A remote participant's tile on the meeting page, by the name in it. */
function tile(name: string): string {
  return `[...document.querySelectorAll('[data-testid="tile"]')].find((tile) => tile.dataset.name === ${JSON.stringify(name)})`;
}

/** Firefox takes a core and more to send the 720 lines of its camera, and half of one for these. */
const firefoxSending = JSON.stringify({ camera: { height: 180 } });

/** What the buttons on the way into a room say. */
export interface WalkTexts {
  readonly go: string;
  readonly join: string;
}

/** A participant in the meeting as a test drives it: joins by link, looks, listens, presses. */
export class MeetingPage {
  readonly page: BrowserPage;
  readonly name: string;

  private constructor(page: BrowserPage, name: string) {
    this.page = page;
    this.name = name;
  }

  static async join(page: BrowserPage, url: string, room: string, name: string, language = 'en'): Promise<MeetingPage> {
    await MeetingPage.follow(page, url, `/meet/${room}?name=${encodeURIComponent(name)}&lang=${language}&join`);
    return new MeetingPage(page, name);
  }

  /** Joins by a link that lets picture and sound go by the relay only. */
  static async joinByRelay(page: BrowserPage, url: string, room: string, name: string): Promise<MeetingPage> {
    await MeetingPage.follow(page, url, `/meet/${room}?name=${encodeURIComponent(name)}&lang=en&join&relay`);
    return new MeetingPage(page, name);
  }

  /** Follows a link from a page of ours: only then `join` turns camera and microphone on. */
  static async follow(page: BrowserPage, url: string, address: string): Promise<void> {
    await page.goto(`${url}/icon.svg`);
    if (page.browser === 'firefox') await page.evaluate(`localStorage.setItem('rivero.sending', '${firefoxSending}')`);
    await page.evaluate(`void setTimeout(() => location.assign(${JSON.stringify(address)}))`);
    const isThere = "document.contentType === 'text/html' && document.readyState === 'complete'";
    await eventually(page, isThere, `the page goes to ${address}`);
  }

  /** Comes by a link from elsewhere, or by an address that was typed. */
  static async joinFromElsewhere(page: BrowserPage, url: string, room: string, name: string): Promise<MeetingPage> {
    await page.goto(`${url}/meet/${room}?name=${encodeURIComponent(name)}&lang=en&join`);
    return new MeetingPage(page, name);
  }

  /** Stands before the room, with the name typed already. */
  static async comeBefore(page: BrowserPage, url: string, room: string, name: string): Promise<MeetingPage> {
    await page.goto(`${url}/meet/${room}?name=${encodeURIComponent(name)}&lang=en`);
    return new MeetingPage(page, name);
  }

  /** Comes by the start page and types room and name; buttons are pressed by their text. */
  static async walkIn(
    page: BrowserPage,
    url: string,
    room: string,
    name: string,
    texts: WalkTexts,
  ): Promise<MeetingPage> {
    const walker = new MeetingPage(page, name);
    await page.goto(url);
    await walker.#type('room', room);
    await walker.press(texts.go);
    await walker.#type('name', name);
    await walker.press(texts.join);
    return walker;
  }

  async seesMovingPictureOf(name: string, timeoutMs?: number): Promise<void> {
    await eventually(
      this.page,
      isMoving(`${tile(name)}?.querySelector('video')`),
      `${this.name} sees ${name} move`,
      timeoutMs,
    );
  }

  /** The picture's lower part has this hue: red 0, green 120, blue 240 degrees; within 30. */
  async seesColourOf(name: string, hue: number): Promise<void> {
    const expression = hasHue(`${tile(name)}?.querySelector('video')`, hue);
    await eventually(this.page, expression, `${this.name} sees the right colour of ${name}`);
  }

  /** What comes from that participant is mostly a tone of this frequency. */
  async hearsToneOf(name: string, hertz: number): Promise<void> {
    const participant = `window.rivero?.participants.find((p) => p.name === ${JSON.stringify(name)})`;
    const track = `${participant}?.tracks.find((t) => t.kind === 'audio')?.mediaStreamTrack`;
    const expression = hasTone(track, hertz);
    await eventually(this.page, expression, `${this.name} hears ${hertz} Hz of ${name}`);
  }

  /** The browser believes that the server takes this many bits in a second: its feedback is heard. */
  async estimatesAtLeast(bitsPerSecond: number): Promise<void> {
    const expression = `window.rivero?.peerConnection.getStats().then((report) =>
      [...report.values()].some((entry) => entry.type === 'candidate-pair' && entry.availableOutgoingBitrate >= ${bitsPerSecond}))`;
    await eventually(this.page, expression, `${this.name} estimates ${bitsPerSecond} bit/s`);
  }

  /** How its packets go, as the SDK has it; a relay by any protocol, or by that one. */
  async isConnectedBy(path: 'direct' | 'relay', relayProtocol?: 'udp' | 'tcp' | 'tls'): Promise<void> {
    const isSo = relayProtocol === undefined ? 'true' : `connection.relayProtocol === '${relayProtocol}'`;
    await eventually(
      this.page,
      `window.rivero?.statistics().then(({ connection }) => connection.path === '${path}' && ${isSo})`,
      `${this.name} is connected by ${path} ${relayProtocol ?? ''}`,
    );
  }

  /** After that its media goes by another connection. */
  async connectsAnew(cause: () => void): Promise<void> {
    await this.page.evaluate('void (window.before = window.rivero.peerConnection)');
    cause();
    await eventually(this.page, 'window.rivero.peerConnection !== window.before', `${this.name} connects anew`);
  }

  async hasNoTileOf(name: string, timeoutMs?: number): Promise<void> {
    await eventually(this.page, `${tile(name)} === undefined`, `${this.name} sees ${name} gone`, timeoutMs);
  }

  /** Text inside that participant's tile, such as a sign that the camera is off. */
  async tileOfShows(name: string, text: string): Promise<void> {
    await eventually(
      this.page,
      `${tile(name)}?.innerText.includes(${JSON.stringify(text)})`,
      `${this.name} sees "${text}" at ${name}`,
    );
  }

  async shows(text: string, timeoutMs?: number): Promise<void> {
    await eventually(
      this.page,
      `document.body.innerText.includes(${JSON.stringify(text)})`,
      `the page of ${this.name} shows "${text}"`,
      timeoutMs,
    );
  }

  /** Presses the button with this accessible name with the mouse; one that is covered cannot be pressed, and the failure says by what. */
  async press(label: string): Promise<void> {
    const button = `[...document.querySelectorAll('button')].find((b) => (b.ariaLabel ?? b.innerText).trim() === ${JSON.stringify(label)} && !b.disabled)`;
    await press(this.page, button, `${this.name} presses ${label}`);
  }

  /** Nothing sticks out to the side. */
  async fitsItsWidth(): Promise<void> {
    const expression = 'document.documentElement.scrollWidth <= innerWidth';
    await eventually(this.page, expression, `the page of ${this.name} fits its width`);
  }

  async #type(field: string, text: string): Promise<void> {
    const input = `document.querySelector('input#${field}')`;
    await eventually(this.page, `${input} !== null`, `${this.name} finds the field ${field}`);
    await this.page.evaluate(
      `(() => { ${input}.value = ${JSON.stringify(text)}; ${input}.dispatchEvent(new Event('input')); })()`,
    );
  }
}
