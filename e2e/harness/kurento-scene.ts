import type { BrowserPage } from './browser.ts';
import { type KurentoClient, type KurentoEvent, type KurentoObject, loadKurentoClient } from './kurento-client.ts';
import { KurentoPages, KurentoPeer } from './kurento-page.ts';
import { Program } from './program.ts';
import { RawPeer } from './raw-peer.ts';

/** The program, the official client of it in this process, and the browsers of those who call: all that such a test opens. */
export class KurentoScene {
  readonly program: Program;
  readonly client: KurentoClient;
  readonly #pages: KurentoPages;
  readonly #browsers: BrowserPage[] = [];

  private constructor(program: Program, client: KurentoClient, pages: KurentoPages) {
    this.program = program;
    this.client = client;
    this.#pages = pages;
  }

  static async open(): Promise<KurentoScene> {
    const [program, pages] = await Promise.all([Program.start(), KurentoPages.serve()]);
    return new KurentoScene(program, await loadKurentoClient(7)(program.kurentoUrl), pages);
  }

  /** Somebody with kurento-utils. */
  async peer(browser: Promise<BrowserPage>, name: string): Promise<KurentoPeer> {
    return KurentoPeer.open(await this.#opened(browser), this.#pages.url, name);
  }

  /** Somebody with a bare RTCPeerConnection. */
  async raw(browser: Promise<BrowserPage>, name: string): Promise<RawPeer> {
    return RawPeer.open(await this.#opened(browser), this.#pages.url, name);
  }

  async until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
    await this.program.until(what, isTrue);
  }

  async close(): Promise<void> {
    await Promise.all(this.#browsers.splice(0).map((browser) => browser.close().catch(() => {})));
    this.client.close();
    this.#pages.stop();
    await this.program.stop();
  }

  async #opened(browser: Promise<BrowserPage>): Promise<BrowserPage> {
    const opened = await browser;
    this.#browsers.push(opened);
    return opened;
  }
}

/** Collects the events of one kind. */
export function heard(object: KurentoObject, type: string): readonly KurentoEvent[] {
  const events: KurentoEvent[] = [];
  object.on(type, (event) => events.push(event));
  return events;
}
