import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { bundleKurentoUtils } from '../../examples/kurento/kurento-utils-bundle.mjs';
import { type BrowserPage, eventually } from './browser.ts';
import { hasHue, hasTone, isMoving, standsStill } from './judged-media.ts';
import type { KurentoObject } from './kurento-client.ts';

type Mode = 'Sendrecv' | 'Sendonly' | 'Recvonly';

const page = `<!doctype html><meta charset="utf-8"><title>kurento-utils</title>
<video id="local" autoplay playsinline muted></video><video id="remote" autoplay playsinline></video>
<script src="/kurento-utils.js"></script>`;

/** An empty page with kurento-utils, for tests that are the application themselves. */
export class KurentoPages {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://localhost:${port}`;
  }

  static async serve(): Promise<KurentoPages> {
    const script = await bundleKurentoUtils();
    const server = createServer((request, response) => {
      const isScript = request.url === '/kurento-utils.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html').end(isScript ? script : page);
    });
    server.listen(0);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    return new KurentoPages(server, address.port);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** The browser's half of a call: kurento-utils in a real page, whose candidates go to an endpoint and back. */
export class KurentoPeer {
  readonly page: BrowserPage;
  readonly name: string;
  /** Which one of its page; each has its own connection and its own `<video>`. */
  readonly #index: number;
  /** Which of the endpoint's candidates the page is told of. */
  takes: (candidate: string) => boolean = () => true;

  private constructor(browser: BrowserPage, name: string, index: number) {
    this.page = browser;
    this.name = name;
    this.#index = index;
  }

  static async open(browser: BrowserPage, url: string, name: string): Promise<KurentoPeer> {
    await browser.goto(url);
    await eventually(browser, `typeof kurentoUtils === 'object'`, 'kurento-utils is loaded');
    return new KurentoPeer(browser, name, 0);
  }

  /** Another one in the same page, as in a group call: one for each stream. */
  async another(name: string): Promise<KurentoPeer> {
    const index = await this.page.evaluate<number>(`(() => {
      const video = document.body.appendChild(document.createElement('video'));
      video.autoplay = true;
      return document.querySelectorAll('video:not(#local)').length - 1;
    })()`);
    return new KurentoPeer(this.page, name, index);
  }

  /** The page offers and the endpoint answers; candidates trickle both ways. */
  async call(
    endpoint: KurentoObject,
    mode: Mode,
    mediaConstraints: object = { audio: true, video: true },
  ): Promise<void> {
    await this.#openPeer(mode, mediaConstraints);
    const offer = await this.page.evaluate<string>(
      `new Promise((resolve, reject) => ${this.#peer}.generateOffer((error, sdp) => error ? reject(error) : resolve(sdp)))`,
    );
    this.#takeCandidates(endpoint);
    const answer = await endpoint.processOffer(offer);
    await this.page.evaluate(
      `new Promise((resolve, reject) => ${this.#peer}.processAnswer(${JSON.stringify(answer)}, (error) => error ? reject(error) : resolve()))`,
    );
    await endpoint.gatherCandidates();
    await this.#giveCandidates(endpoint);
  }

  /** The endpoint offers and the page answers. */
  async accept(endpoint: KurentoObject, mode: Mode, options?: object): Promise<void> {
    await this.#openPeer(mode, { audio: true, video: true });
    this.#takeCandidates(endpoint);
    const offer = await endpoint.generateOffer(options);
    const answer = await this.page.evaluate<string>(
      `new Promise((resolve, reject) => ${this.#peer}.processOffer(${JSON.stringify(offer)}, (error, sdp) => error ? reject(error) : resolve(sdp)))`,
    );
    await endpoint.processAnswer(answer);
    await endpoint.gatherCandidates();
    await this.#giveCandidates(endpoint);
  }

  async seesMovement(timeoutMs?: number): Promise<void> {
    await eventually(this.page, isMoving(this.#video), `${this.name} sees movement`, timeoutMs);
  }

  /** The picture stands still, or there is none. */
  async seesNoMovement(): Promise<void> {
    await eventually(this.page, standsStill(this.#video), `${this.name} sees no movement`);
  }

  async seesHue(hue: number): Promise<void> {
    await eventually(this.page, hasHue(this.#video, hue), `${this.name} sees the hue ${hue}`);
  }

  async hearsTone(hertz: number): Promise<void> {
    const track = `${this.#video}.srcObject?.getAudioTracks()[0]`;
    await eventually(this.page, hasTone(track, hertz), `${this.name} hears ${hertz} Hz`);
  }

  /** Hangs up, as `dispose` of kurento-utils does. */
  async dispose(): Promise<void> {
    await this.page.evaluate(`${this.#peer}.dispose()`);
  }

  /** Expressions for the page. */
  get #peer(): string {
    return `peers[${this.#index}]`;
  }

  get #video(): string {
    return `document.querySelectorAll('video:not(#local)')[${this.#index}]`;
  }

  async #openPeer(mode: Mode, mediaConstraints: object): Promise<void> {
    await this.page.evaluate(`(() => {
      const candidates = [];
      (window.candidatesOf ??= [])[${this.#index}] = candidates;
      const options = {
        localVideo: document.getElementById('local'),
        remoteVideo: ${this.#video},
        mediaConstraints: ${JSON.stringify(mediaConstraints)},
        configuration: { iceServers: [] },
        onicecandidate: (candidate) => candidates.push({
          candidate: candidate.candidate, sdpMid: candidate.sdpMid, sdpMLineIndex: candidate.sdpMLineIndex,
        }),
      };
      return new Promise((resolve, reject) => {
        (window.peers ??= [])[${this.#index}] = kurentoUtils.WebRtcPeer.WebRtcPeer${mode}(options, (error) => error ? reject(error) : resolve());
      });
    })()`);
  }

  #takeCandidates(endpoint: KurentoObject): void {
    endpoint.on('IceCandidateFound', ({ candidate }) => {
      if (!this.takes(JSON.stringify(candidate))) return;
      this.page.evaluate(`${this.#peer}.addIceCandidate(${JSON.stringify(candidate)}, () => {})`).catch(() => {});
    });
  }

  async #giveCandidates(endpoint: KurentoObject): Promise<void> {
    const gathered = `${this.#peer}.peerConnection.iceGatheringState === 'complete'`;
    await eventually(this.page, gathered, `${this.name} has its candidates`);
    const candidates = await this.page.evaluate<readonly object[]>(`candidatesOf[${this.#index}]`);
    for (const candidate of candidates) await endpoint.addIceCandidate(candidate);
  }
}
