import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { type KeyInput, launch } from 'puppeteer-core';
import { type KnownColour, writeKnownTone, writeKnownVideo } from './known-media.ts';
import { addWitness, pageMedia, whatHappened } from './witnesses.ts';

/** Keys go to what has the focus. */
export interface Keyboard {
  down(key: string): Promise<void>;
  up(key: string): Promise<void>;
  type(text: string): Promise<void>;
}

/** One page of one real browser. Expressions run in the page; promises are awaited. */
export interface BrowserPage {
  readonly browser: 'chromium' | 'firefox';
  goto(url: string): Promise<void>;
  /** Runs in every document from the next {@link goto} on, before its own scripts. */
  runFirst(script: string): Promise<void>;
  evaluate<Value>(expression: string): Promise<Value>;
  screenshot(file: string): Promise<void>;
  /** A real keyboard; keys are named as `KeyboardEvent.key` names them. */
  readonly keyboard: Keyboard;
  /** A real mouse; presses what is seen there, in CSS pixels of the window. */
  click(x: number, y: number): Promise<void>;
  /** Chromium alone: as somebody who allows camera and microphone beside the address. */
  allowDevices?(): Promise<void>;
  /** The same, who forbids them: those in use end. */
  forbidDevices?(): Promise<void>;
  /** Chromium alone: the tab that is opened next. */
  nextTab?(): Promise<Pick<BrowserPage, 'evaluate'>>;
  /** Everything the page wrote to its console. */
  readonly console: readonly string[];
  /** Closes page and browser in order. */
  close(): Promise<void>;
  /** Kills the browser's processes as a crash would; the page gets no chance to say good-bye. */
  kill(): Promise<void>;
}

export interface ChromiumOptions {
  /** What its camera shows. */
  readonly colour?: KnownColour;
  /** A Y4M file that its camera shows instead. */
  readonly picture?: string;
  /** What its microphone hears. */
  readonly hertz?: number;
  /** False: it has neither camera nor microphone. */
  readonly hasDevices?: boolean;
  /** True: the question for camera and microphone is answered with no. */
  readonly isDenying?: boolean;
  /** Its pages are tabs of one person: what the browser remembers is one. */
  readonly isOnePerson?: boolean;
  /** Further switches of the command line. */
  readonly switches?: readonly string[];
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly locale?: string;
}

const chromiumPath = '/usr/bin/chromium';
const firefoxPath = '/usr/bin/firefox-esr';
const desktop = { width: 1280, height: 800 };

/** What a Chromium is started with. The other options are of its pages. */
type LaunchOptions = Omit<ChromiumOptions, 'viewport' | 'locale' | 'isOnePerson'>;

/** One Chromium, in which one group of people after the other opens its pages. */
interface ChromiumBrowser {
  /** A person with storage of its own, or all pages are tabs of one. */
  openPages(count: number, options: ChromiumOptions): Promise<readonly Omit<BrowserPage, 'kill'>[]>;
  close(): Promise<void>;
  kill(): Promise<void>;
}

async function launchChromium(options: LaunchOptions): Promise<ChromiumBrowser> {
  const profile = await mkdtemp(path.join(tmpdir(), 'rivero-chromium-'));
  const args = [
    '--no-sandbox',
    // Headless, it says no by itself.
    ...(options.isDenying === true ? [] : ['--use-fake-ui-for-media-stream']),
    ...(options.hasDevices === false ? [] : ['--use-fake-device-for-media-stream']),
    '--autoplay-policy=no-user-gesture-required',
    '--disable-features=WebRtcHideLocalIpsWithMdns',
    '--allow-loopback-in-peer-connection',
    '--disable-background-networking',
    '--no-first-run',
    '--disable-component-update',
    '--disable-sync',
    ...(options.switches ?? []),
  ];
  if (options.colour !== undefined) {
    const file = path.join(profile, 'camera.y4m');
    await writeKnownVideo(file, options.colour);
    args.push(`--use-file-for-fake-video-capture=${file}`);
  }
  if (options.picture !== undefined) args.push(`--use-file-for-fake-video-capture=${options.picture}`);
  if (options.hertz !== undefined) {
    const file = path.join(profile, 'microphone.wav');
    await writeKnownTone(file, options.hertz);
    args.push(`--use-file-for-fake-audio-capture=${file}`);
  }
  const server = await chromium.launchServer({ executablePath: chromiumPath, headless: true, args });
  const browser = await chromium.connect(server.wsEndpoint());
  const openContext = ({ viewport, locale }: ChromiumOptions): Promise<BrowserContext> =>
    browser.newContext({
      viewport: viewport ?? desktop,
      locale: locale ?? 'en-US',
      // As somebody does who accepts the self-made certificate.
      ignoreHTTPSErrors: true,
    });
  return {
    openPages: async (count, pageOptions) => {
      if (pageOptions.isOnePerson !== true) {
        return Promise.all(Array.from({ length: count }, async () => openTab(await openContext(pageOptions))));
      }
      const context = await openContext(pageOptions);
      let openCount = count;
      const closeTab = async (page: Page): Promise<void> => {
        openCount -= 1;
        await (openCount === 0 ? context : page).close();
      };
      return Promise.all(Array.from({ length: count }, () => openTab(context, closeTab)));
    },
    close: async () => {
      await browser.close();
      await server.close();
      await rm(profile, { recursive: true, force: true });
    },
    kill: async () => {
      await server.kill();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** As long as `close` does not say otherwise, its end is that of the person, with all other tabs. */
async function openTab(
  context: BrowserContext,
  close: (page: Page) => Promise<void> = () => context.close(),
): Promise<Omit<BrowserPage, 'kill'>> {
  const page = await context.newPage();
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  page.on('pageerror', (error) => lines.push(String(error)));
  page.on('close', addWitness({ name: 'Chromium', tell: async () => String(await page.evaluate(pageMedia)) }));
  return {
    browser: 'chromium',
    console: lines,
    goto: async (url) => void (await page.goto(url)),
    runFirst: async (script) => void (await page.addInitScript(script)),
    evaluate: async <Value>(expression: string) => (await page.evaluate(expression)) as Value,
    screenshot: async (file) => void (await page.screenshot({ path: file })),
    keyboard: page.keyboard,
    click: (x, y) => page.mouse.click(x, y),
    allowDevices: () => context.grantPermissions(['camera', 'microphone']),
    forbidDevices: async () => {
      // Only what is cleared ends; what is granted then, nothing, forbids the rest.
      await context.clearPermissions();
      await context.grantPermissions([]);
    },
    nextTab: async () => {
      const tab = await context.waitForEvent('page');
      await tab.waitForLoadState();
      return { evaluate: async <Value>(expression: string) => (await tab.evaluate(expression)) as Value };
    },
    close: () => close(page),
  };
}

/** Chromiums that are open and that nobody uses, by what they were started with; undefined: none are kept. */
let idle: Map<string, ChromiumBrowser[]> | undefined;

/** From now on a Chromium that everybody has left waits for those who want the same: a start costs more than pages do. */
export function keepBrowsers(): void {
  idle ??= new Map();
}

/** Ends those that wait. */
export async function closeKeptBrowsers(): Promise<void> {
  const kept = [...(idle?.values() ?? [])].flat();
  idle?.clear();
  await Promise.all(kept.map((browser) => browser.close()));
}

async function keepOrClose(browser: ChromiumBrowser, key: string): Promise<void> {
  if (idle === undefined) return browser.close();
  idle.set(key, [...(idle.get(key) ?? []), browser]);
}

export async function openChromium(options: ChromiumOptions = {}): Promise<BrowserPage> {
  const [page] = await openChromiumPages(1, options);
  if (page === undefined) throw new Error('one page was asked for');
  return page;
}

/** Several people in one Chromium, which is much cheaper than one each. Nobody else is in it until the last has closed. */
export async function openChromiumPages(count: number, options: ChromiumOptions = {}): Promise<readonly BrowserPage[]> {
  const { viewport: _viewport, locale: _locale, isOnePerson: _isOnePerson, ...launchOptions } = options;
  const key = JSON.stringify(launchOptions);
  const browser = idle?.get(key)?.pop() ?? (await launchChromium(launchOptions));
  const pages = await browser.openPages(count, options);
  let openCount = count;
  let isFit = true;
  const closing = new Set<unknown>();
  return pages.map((page) => ({
    ...page,
    close: async () => {
      if (closing.has(page)) return;
      closing.add(page);
      await page.close().catch(() => (isFit = false));
      openCount -= 1;
      if (openCount === 0) await (isFit ? keepOrClose(browser, key) : browser.kill());
    },
    kill: async () => {
      isFit = false;
      await browser.kill();
    },
  }));
}

/** `prefs`: what else is set in `about:config`. */
export async function openFirefox(prefs: Readonly<Record<string, unknown>> = {}): Promise<BrowserPage> {
  const browser = await launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    headless: true,
    // As Chromium does here, of pages and of TURN servers.
    acceptInsecureCerts: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'media.peerconnection.ice.link_local': true,
      'media.gmp-manager.updateEnabled': false,
      'intl.accept_languages': 'en-US',
      ...prefs,
    },
  });
  const page = await browser.newPage();
  await page.setViewport(desktop);
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  const dismiss = addWitness({ name: 'Firefox', tell: async () => String(await page.evaluate(pageMedia)) });
  return {
    browser: 'firefox',
    console: lines,
    goto: async (url) => void (await page.goto(url)),
    runFirst: async (script) => void (await page.evaluateOnNewDocument(script)),
    evaluate: async <Value>(expression: string) => (await page.evaluate(expression)) as Value,
    screenshot: async (file) => void (await page.screenshot({ path: file })),
    keyboard: {
      down: (key) => page.keyboard.down(key as KeyInput),
      up: (key) => page.keyboard.up(key as KeyInput),
      type: (text) => page.keyboard.type(text),
    },
    click: (x, y) => page.mouse.click(x, y),
    close: () => {
      dismiss();
      return browser.close();
    },
    kill: async () => {
      dismiss();
      browser.process()?.kill('SIGKILL');
      await browser.close().catch(() => {});
    },
  };
}

/** Asks the page again and again until the expression is true; the failure says what the page showed. */
export async function eventually(
  page: BrowserPage,
  expression: string,
  what: string,
  timeoutMs = 60_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  let last = '';
  while (Date.now() < end) {
    try {
      const asked = `Promise.race([${expression}, new Promise((resolve) => setTimeout(resolve, 10000, false))]).then(Boolean)`;
      if (await page.evaluate<boolean>(asked)) return;
    } catch (error) {
      last = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const text = await page.evaluate<string>('document.body.innerText').catch(String);
  throw new Error(
    `${page.browser}: ${what} did not come true. ${last}\nPage: ${text}\nConsole: ${page.console.join('\n')}\n${await whatHappened()}`,
  );
}
