/** What push to talk asks for. */
export interface PushToTalkOptions {
  /** There is a microphone, and it is muted. */
  readonly isMuted: () => boolean;
  readonly setMicrophoneOn: (on: boolean) => Promise<void>;
}

/** Unmutes as long as the key is held. */
export class PushToTalk {
  readonly #options: PushToTalkOptions;
  #isHeld = false;

  constructor(options: PushToTalkOptions) {
    this.#options = options;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  press(): void {
    if (this.#isHeld || !this.#options.isMuted()) return;
    this.#isHeld = true;
    void this.#options.setMicrophoneOn(true);
  }

  /** The key is up, or the page cannot see any more that it is. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    void this.#options.setMicrophoneOn(false);
  }

  /** The microphone stays on, or off, as somebody decided while the key was held. */
  keep(): void {
    this.#isHeld = false;
  }
}
