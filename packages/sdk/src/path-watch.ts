/** How the media connection does; `blocked`: nothing gets through, and it is tried again and again. */
export type MediaState = 'connecting' | 'connected' | 'disconnected' | 'blocked';

export interface PathWatchOptions {
  readonly onState: (state: MediaState) => void;
  /** Looks for another path. */
  readonly restartIce: () => void;
}

/** Media that does not get through within that long is blocked somewhere; the user is told. */
export const blockedAfterMs = 10_000;

/** A broken path is given that long before ICE is restarted; so long, too, between restarts that fail at once. */
export const restartAfterMs = 2_000;

/**
 * Watches whether media gets through, and has ICE restarted as long as it does not. Attempts that fail at once, as those
 * of a browser that may use no path at all, do not put off that it is blocked.
 */
export class PathWatch {
  readonly #options: PathWatchOptions;
  #isConnected = false;
  #isBlocked = false;
  /** It failed since it was connected last: the next failure is not answered at once. */
  #hasFailed = false;
  #blockedTimer: ReturnType<typeof setTimeout> | undefined;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PathWatchOptions) {
    this.#options = options;
  }

  /** The first answer is here: from now on media should get through. */
  start(): void {
    this.#expect();
  }

  follow({ connectionState, iceConnectionState }: RTCPeerConnection): void {
    this.#isConnected = connectionState === 'connected';
    if (this.#isConnected) {
      this.close();
      this.#isBlocked = false;
      this.#hasFailed = false;
      this.#options.onState('connected');
    } else if (connectionState === 'failed' || iceConnectionState === 'failed') {
      this.#handleBroken(this.#hasFailed ? restartAfterMs : 0);
      this.#hasFailed = true;
    } else if (connectionState === 'disconnected') {
      this.#handleBroken(restartAfterMs);
    }
  }

  /** There is no address to try a path from: nobody need wait to be told. It is tried again as always. */
  handleNoCandidates(): void {
    if (this.#isConnected) return;
    this.#isBlocked = true;
    this.#options.onState('blocked');
  }

  close(): void {
    clearTimeout(this.#blockedTimer);
    clearTimeout(this.#restartTimer);
    this.#blockedTimer = undefined;
    this.#restartTimer = undefined;
  }

  #handleBroken(restartMs: number): void {
    // Blocked is all there is to say until it gets through.
    if (!this.#isBlocked) this.#options.onState('disconnected');
    this.#expect();
    this.#restartAfter(restartMs);
  }

  #expect(): void {
    this.#blockedTimer ??= setTimeout(() => {
      this.#blockedTimer = undefined;
      this.#isBlocked = true;
      this.#options.onState('blocked');
      this.#restartAfter(0);
      this.#expect();
    }, blockedAfterMs);
  }

  #restartAfter(ms: number): void {
    if (ms === 0) {
      clearTimeout(this.#restartTimer);
      this.#restartTimer = undefined;
      this.#options.restartIce();
    } else {
      this.#restartTimer ??= setTimeout(() => {
        this.#restartTimer = undefined;
        this.#options.restartIce();
      }, ms);
    }
  }
}
