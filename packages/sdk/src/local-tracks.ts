import { CodedError } from '@rivero/core';
import { capture, captureConstraints, type CaptureKind } from './local-media.ts';
import type { PublishedTrack } from './media-connection.ts';

/** A track for a section of ours, and how it came about. */
export interface OpenedTrack {
  readonly source: CaptureKind;
  readonly track: MediaStreamTrack;
  /** The page gave it to us: it is no device that we could open again. */
  readonly isGiven: boolean;
  /** What the device was asked for; undefined: our default. */
  readonly constraints: MediaTrackConstraints | undefined;
}

/** A track that the page gives; what {@link capture} opened is a device like one that we open. */
export function givenTrack(source: CaptureKind, track: MediaStreamTrack): OpenedTrack {
  const constraints = captureConstraints(track);
  return { source, track, isGiven: constraints === undefined, constraints };
}

interface LocalTrack {
  readonly opened: OpenedTrack;
  readonly published: PublishedTrack;
}

/** Our own camera and microphone. What is done to one of them is done one after the other. */
export class LocalTracks {
  readonly #onLost: (source: CaptureKind) => void;
  readonly #tracks = new Map<CaptureKind, LocalTrack>();
  readonly #turns = new Map<CaptureKind, Promise<void>>();
  #isClosed = false;

  /** `onLost` is called when a device is unplugged or taken away. */
  constructor(onLost: (source: CaptureKind) => void) {
    this.#onLost = onLost;
  }

  get all(): readonly PublishedTrack[] {
    return [...this.#tracks.values()].map(({ published }) => published);
  }

  get(source: CaptureKind): PublishedTrack | undefined {
    return this.#tracks.get(source)?.published;
  }

  /** Runs after everything else that was asked of this device: two presses of a button open it once. */
  inTurn(source: CaptureKind, operation: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(source) ?? Promise.resolve();
    const turn = before.then(() => {
      this.#assertOpen();
      return operation();
    });
    this.#turns.set(
      source,
      turn.catch(() => {}),
    );
    return turn;
  }

  /** Opens a device, or takes the given track. */
  async open(
    source: CaptureKind,
    from: true | MediaTrackConstraints | MediaStreamTrack | undefined,
  ): Promise<OpenedTrack> {
    if (from instanceof MediaStreamTrack) return givenTrack(source, from);
    const constraints = from === true ? undefined : from;
    const track = await capture(source, constraints);
    if (this.#isClosed) track.stop();
    this.#assertOpen();
    return { source, track, isGiven: false, constraints };
  }

  add(opened: OpenedTrack): PublishedTrack {
    const { source, track } = opened;
    const kind = source === 'camera' ? 'video' : 'audio';
    const published: PublishedTrack = { trackId: crypto.randomUUID(), kind, source, track, muted: false };
    this.#tracks.set(source, { opened, published });
    this.#follow(published, source, track);
    return published;
  }

  /** Stops a device, so that its light goes out; `send` takes it out of its section. A given track is kept, and dark. */
  async turnOff(source: CaptureKind, send: (track: undefined) => Promise<void>): Promise<void> {
    const local = this.#tracks.get(source);
    if (local === undefined) return;
    const { opened, published } = local;
    if (opened.isGiven) {
      opened.track.enabled = false;
      return;
    }
    published.track?.stop();
    published.track = undefined;
    await send(undefined);
  }

  /** Opens the device again as it was, and gives it to `send`. */
  async turnOn(source: CaptureKind, send: (track: MediaStreamTrack) => Promise<void>): Promise<void> {
    const local = this.#tracks.get(source);
    if (local === undefined) return;
    const { opened, published } = local;
    if (opened.isGiven) {
      opened.track.enabled = true;
      return;
    }
    const { track } = await this.open(source, opened.constraints);
    published.track = track;
    this.#follow(published, source, track);
    try {
      await send(track);
    } catch (error) {
      track.stop();
      published.track = undefined;
      throw error;
    }
  }

  /** Stops everything; what is still being opened is stopped as soon as it is. */
  close(): void {
    this.#isClosed = true;
    for (const { published } of this.#tracks.values()) published.track?.stop();
    this.#tracks.clear();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new CodedError('not-in-room', 'You have left the room; join again.');
  }

  #follow(published: PublishedTrack, source: CaptureKind, track: MediaStreamTrack): void {
    track.addEventListener('ended', () => {
      if (!this.#isClosed && published.track === track) this.#onLost(source);
    });
  }
}
