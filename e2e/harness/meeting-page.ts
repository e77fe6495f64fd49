import { type BrowserPage, eventually } from './browser.ts';
import { press } from './press.ts';

/** A remote participant's tile on the meeting page, by the name in it. */
function tile(name: string): string {
  return `[...document.querySelectorAll('[data-testid="tile"]')].find((tile) => tile.dataset.name === ${JSON.stringify(name)})`;
}

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

  /** Follows a link from a page of ours: only then `join` turns camera and microphone on. */
  static async follow(page: BrowserPage, url: string, address: string): Promise<void> {
    await page.goto(`${url}/icon.svg`);
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
    await eventually(this.page, this.#framesGrow(name), `${this.name} sees ${name} move`, timeoutMs);
  }

  /** The picture's lower part has this hue: red 0, green 120, blue 240 degrees; within 30. */
  async seesColourOf(name: string, hue: number): Promise<void> {
    const expression = `(() => {
      const video = ${tile(name)}?.querySelector('video');
      if (!video || video.videoWidth === 0) return false;
      const canvas = new OffscreenCanvas(32, 32);
      const context = canvas.getContext('2d');
      context.drawImage(video, 0, 0, 32, 32);
      const [r, g, b] = context.getImageData(16, 24, 1, 1).data.map(Number);
      const max = Math.max(r, g, b), min = Math.min(r, g, b);
      if (max - min < 60) return false;
      const raw = max === r ? (g - b) / (max - min) : max === g ? 2 + (b - r) / (max - min) : 4 + (r - g) / (max - min);
      const distance = Math.abs((raw * 60 + 360) % 360 - ${hue});
      return Math.min(distance, 360 - distance) <= 30;
    })()`;
    await eventually(this.page, expression, `${this.name} sees the right colour of ${name}`);
  }

  /** What comes from that participant is mostly a tone of this frequency. */
  async hearsToneOf(name: string, hertz: number): Promise<void> {
    const expression = `(async () => {
      const track = window.rivero?.participants.find((p) => p.name === ${JSON.stringify(name)})?.tracks.find((t) => t.kind === 'audio')?.mediaStreamTrack;
      if (!track) return false;
      // Recorded and decoded: that works without an audio device, where an AudioContext never starts.
      const recorder = new MediaRecorder(new MediaStream([track]));
      const chunks = [];
      recorder.ondataavailable = ({ data }) => chunks.push(data);
      const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
      recorder.start();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      recorder.stop();
      await stopped;
      const bytes = await new Blob(chunks).arrayBuffer();
      const buffer = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
      const { sampleRate, length } = buffer;
      let re = 0, im = 0, energy = 0;
      buffer.getChannelData(0).forEach((sample, i) => {
        const angle = 2 * Math.PI * ${hertz} * i / sampleRate;
        re += sample * Math.cos(angle); im += sample * Math.sin(angle); energy += sample * sample;
      });
      // A pure tone of this frequency has all its energy here: 2 |X|² / N = the sum of squares.
      return energy > 0 && 2 * (re * re + im * im) / length / energy > 0.3;
    })()`;
    await eventually(this.page, expression, `${this.name} hears ${hertz} Hz of ${name}`);
  }

  /** The browser believes that the server takes this many bits in a second: its feedback is heard. */
  async estimatesAtLeast(bitsPerSecond: number): Promise<void> {
    const expression = `window.rivero?.peerConnection.getStats().then((report) =>
      [...report.values()].some((entry) => entry.type === 'candidate-pair' && entry.availableOutgoingBitrate >= ${bitsPerSecond}))`;
    await eventually(this.page, expression, `${this.name} estimates ${bitsPerSecond} bit/s`);
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

  /** True as long as the picture of that participant goes on, measured over half a second. */
  #framesGrow(name: string): string {
    return `(async () => {
      const video = ${tile(name)}?.querySelector('video');
      if (!video || video.videoWidth === 0) return false;
      // Firefox counts what it shows of a stream only under its own name.
      const count = () => video.mozPaintedFrames ?? video.getVideoPlaybackQuality().totalVideoFrames;
      const before = count();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return count() > before + 2;
    })()`;
  }
}
