import { vi } from 'vitest';
import { FakePeerConnection } from './fake-peer-connection.ts';
import { FakeTrack } from './fake-track.ts';

interface Wish {
  readonly video?: unknown;
  readonly audio?: unknown;
}

/** A page of a browser, as far as the SDK sees one. `vi.unstubAllGlobals()` takes it away. */
export class FakeBrowser {
  /** Every device that was opened, in order. */
  readonly opened: FakeTrack[] = [];
  /** What the browser was asked for. */
  readonly asked: string[] = [];
  /** Names of the errors that opening a device ends with. */
  readonly refusals: { camera?: string; microphone?: string; screen?: string } = {};
  /** What the person shares has sound, and the browser gives it. */
  hasScreenSound = true;
  /** What the page's error handling got. */
  readonly reported: unknown[] = [];
  /** Opening a device waits for this, as for a person's permission. */
  permission: Promise<void> = Promise.resolve();
  readonly #page = new EventTarget();

  install(): void {
    FakePeerConnection.made.length = 0;
    vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
    vi.stubGlobal('MediaStreamTrack', FakeTrack);
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('location', { origin: 'http://localhost:8080' });
    vi.stubGlobal('navigator', {
      mediaDevices: {
        getUserMedia: (wish: Wish) => this.#open(wish),
        getDisplayMedia: (wish: Wish) => this.#openScreen(wish),
      },
    });
    vi.stubGlobal('addEventListener', this.#page.addEventListener.bind(this.#page));
    vi.stubGlobal('removeEventListener', this.#page.removeEventListener.bind(this.#page));
    vi.stubGlobal('reportError', (error: unknown) => void this.reported.push(error));
  }

  /** The peer connection in use. */
  get peerConnection(): FakePeerConnection {
    const [last] = FakePeerConnection.made.slice(-1);
    if (last === undefined) throw new Error('no peer connection was made');
    return last;
  }

  /** How many devices are on. */
  get liveCount(): number {
    return this.opened.filter(({ readyState }) => readyState === 'live').length;
  }

  /** The tab is closed. */
  hide(): void {
    this.#page.dispatchEvent(new Event('pagehide'));
  }

  async #open({ video, audio }: Wish): Promise<unknown> {
    const kinds = [video === undefined ? [] : ['camera'], audio === undefined ? [] : ['microphone']].flat();
    this.asked.push(kinds.join('+'));
    await this.permission;
    const refusal =
      (video === undefined ? undefined : this.refusals.camera) ??
      (audio === undefined ? undefined : this.refusals.microphone);
    if (refusal !== undefined) throw new DOMException('refused', refusal);
    const videos = video === undefined ? [] : [new FakeTrack('video', video)];
    const audios = audio === undefined ? [] : [new FakeTrack('audio', audio)];
    this.opened.push(...videos, ...audios);
    return {
      getTracks: () => [...audios, ...videos],
      getVideoTracks: () => videos,
      getAudioTracks: () => audios,
    };
  }

  async #openScreen({ video, audio }: Wish): Promise<unknown> {
    this.asked.push('screen');
    await this.permission;
    if (this.refusals.screen !== undefined) throw new DOMException('refused', this.refusals.screen);
    const videos = [new FakeTrack('video', video)];
    const audios = audio === false || !this.hasScreenSound ? [] : [new FakeTrack('audio', audio)];
    this.opened.push(...videos, ...audios);
    return { getVideoTracks: () => videos, getAudioTracks: () => audios };
  }
}
