import type { TrackKind } from '@rivero/api';

/** As much of a MediaStreamTrack as the SDK touches. */
export class FakeTrack {
  readonly kind: TrackKind;
  /** What it was opened with; undefined: it is received. */
  readonly constraints: unknown;
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  readonly #events = new EventTarget();

  constructor(kind: TrackKind, constraints?: unknown) {
    this.kind = kind;
    this.constraints = constraints;
  }

  addEventListener(name: string, listener: () => void): void {
    this.#events.addEventListener(name, listener);
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** The device is pulled out. */
  end(): void {
    this.readyState = 'ended';
    this.#events.dispatchEvent(new Event('ended'));
  }
}
