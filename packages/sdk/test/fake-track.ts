import type { TrackKind } from '@rivero/api';

function ideal(constraint: ConstrainULong | undefined): number | undefined {
  return typeof constraint === 'object' ? constraint.ideal : constraint;
}

/** As much of a MediaStreamTrack as the SDK touches. */
export class FakeTrack {
  readonly kind: TrackKind;
  /** What it was opened with; undefined: it is received. */
  readonly constraints: unknown;
  enabled = true;
  contentHint = '';
  /** What it gives now. */
  settings: MediaTrackSettings;
  readyState: 'live' | 'ended' = 'live';
  readonly #listeners = new Set<() => void>();
  readonly #events = new EventTarget();

  constructor(kind: TrackKind, constraints?: unknown) {
    this.kind = kind;
    this.constraints = constraints;
    this.settings = kind === 'video' ? { width: 1280, height: 720, frameRate: 30 } : {};
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  /** It can do all that is asked. */
  async applyConstraints({ width, height, frameRate }: MediaTrackConstraints): Promise<void> {
    this.settings = { width: ideal(width) ?? 1280, height: ideal(height) ?? 720, frameRate: ideal(frameRate) ?? 30 };
  }

  addEventListener(name: string, listener: () => void): void {
    this.#listeners.add(listener);
    this.#events.addEventListener(name, listener);
  }

  removeEventListener(name: string, listener: () => void): void {
    this.#listeners.delete(listener);
    this.#events.removeEventListener(name, listener);
  }

  get listenerCount(): number {
    return this.#listeners.size;
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
