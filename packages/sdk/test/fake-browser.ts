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
  readonly #refusalsOnce: { kind: 'camera' | 'microphone'; name: string }[] = [];
  /** What the person shares has sound, and the browser gives it. */
  hasScreenSound = true;
  /** It opens one camera at a time: another one is refused as long as one is on. */
  isPhone = false;
  /** The codecs of video that it has, in its order. */
  readonly codecs = ['VP8', 'rtx', 'VP9', 'H264', 'AV1'].map((name) => ({
    mimeType: `video/${name}`,
    clockRate: 90_000,
  }));
  /** What the page's error handling got. */
  readonly reported: unknown[] = [];
  /** Opening a device waits for this, as for a person's permission. */
  permission: Promise<void> = Promise.resolve();
  readonly #page = new EventTarget();

  install(): void {
    FakePeerConnection.made.length = 0;
    FakePeerConnection.refusedUrls = [];
    vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
    vi.stubGlobal('MediaStreamTrack', FakeTrack);
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('location', { origin: 'http://localhost:8080' });
    vi.stubGlobal('RTCRtpSender', { getCapabilities: () => ({ codecs: this.codecs }) });
    vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => ({ codecs: this.codecs }) });
    const isPhone = (): boolean => this.isPhone;
    vi.stubGlobal('navigator', {
      get userAgent() {
        return isPhone() ? 'Mozilla/5.0 (Linux; Android 15)' : 'Mozilla/5.0 (X11; Linux x86_64)';
      },
      maxTouchPoints: 0,
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

  /** The next time, and only then, opening it ends with an error of that name. */
  refuseOnce(kind: 'camera' | 'microphone', name: string): void {
    this.#refusalsOnce.push({ kind, name });
  }

  /** The tab is closed. */
  hide(): void {
    this.#page.dispatchEvent(new Event('pagehide'));
  }

  async #open({ video, audio }: Wish): Promise<unknown> {
    const kinds = [video === undefined ? [] : ['camera'], audio === undefined ? [] : ['microphone']].flat();
    this.asked.push(kinds.join('+'));
    await this.permission;
    const [once] = this.#refusalsOnce.splice(0, 1);
    if (once !== undefined && kinds.includes(once.kind)) throw new DOMException('refused', once.name);
    const refusal =
      (video === undefined ? undefined : this.refusals.camera) ??
      (audio === undefined ? undefined : this.refusals.microphone);
    if (refusal !== undefined) throw new DOMException('refused', refusal);
    const isCameraOn = this.opened.some(({ kind, readyState }) => kind === 'video' && readyState === 'live');
    if (this.isPhone && video !== undefined && isCameraOn) throw new DOMException('one only', 'NotReadableError');
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
