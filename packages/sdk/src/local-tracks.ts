import { CodedError } from '@rivero/core';
import { keepDeviceWithin } from './device-within.ts';
import { capture, captureConstraints, type CaptureKind } from './local-media.ts';
import type { OwnTrack } from './published-track.ts';
import type { SendWishes } from './send-wishes.ts';
import { opensOneCameraAtATime } from './single-camera.ts';

/** Where a track of ours comes from: the usual device, one that suits constraints, or the page. */
export type CaptureSource = true | MediaTrackConstraints | MediaStreamTrack;

/** Sends a track, or nothing, in the section of a published one. */
type Send<Track extends MediaStreamTrack | undefined = MediaStreamTrack | undefined> = (track: Track) => Promise<void>;

/** A track for a section of ours, and how it came about. */
export interface OpenedTrack {
  readonly source: CaptureKind;
  readonly track: MediaStreamTrack;
  /** The page gave it to us: it is no device that we could open again, and we never stop it. */
  readonly isGiven: boolean;
  /** What the device was asked for; undefined: our default. */
  readonly constraints: MediaTrackConstraints | undefined;
}

/** Stops the devices that were opened; what the page gave stays the page's. */
export function release(opened: readonly OpenedTrack[]): void {
  for (const { track, isGiven } of opened) if (!isGiven) track.stop();
}

/** A track that the page gives; what {@link capture} opened is a device like one that we open. */
export function givenTrack(source: CaptureKind, track: MediaStreamTrack): OpenedTrack {
  const constraints = captureConstraints(track);
  return { source, track, isGiven: constraints === undefined, constraints };
}

/** What can be opened later: of a device that is open already, what it was asked for. */
function forLater(from: CaptureSource): CaptureSource {
  if (!(from instanceof MediaStreamTrack)) return from;
  const constraints = captureConstraints(from);
  if (constraints === undefined) return from;
  from.stop();
  return constraints;
}

function constraintsOf(from: true | MediaTrackConstraints): MediaTrackConstraints | undefined {
  return from === true ? undefined : from;
}

/** The exact device only as a wish; undefined: none was named. */
function asWish(constraints: MediaTrackConstraints | undefined): MediaTrackConstraints | undefined {
  const { deviceId } = constraints ?? {};
  if (typeof deviceId !== 'object' || !('exact' in deviceId) || deviceId.exact === undefined) return undefined;
  return { ...constraints, deviceId: { ideal: deviceId.exact } };
}

interface LocalTrack {
  /** Where the track comes from that is sent, or that is when it is turned on. */
  opened: Omit<OpenedTrack, 'track'>;
  readonly published: OwnTrack;
  /** Called when what is sent ends by itself. */
  readonly onEnded: () => void;
}

export interface LocalTracksOptions {
  readonly wishes: SendWishes;
  /** Called when a device is unplugged or taken away. */
  readonly onLost: (source: CaptureKind) => void;
}

/** Our own camera and microphone. What is done to one of them is done one after the other. */
export class LocalTracks {
  readonly #options: LocalTracksOptions;
  readonly #tracks = new Map<CaptureKind, LocalTrack>();
  readonly #turns = new Map<CaptureKind, Promise<void>>();
  /** What to open when it is turned on that was not published yet. */
  readonly #chosen = new Map<CaptureKind, CaptureSource>();
  /** Tracks of devices whose end is our own doing. */
  readonly #ending = new WeakSet<MediaStreamTrack>();
  #isSilent = false;
  #isClosed = false;

  constructor(options: LocalTracksOptions) {
    this.#options = options;
  }

  get all(): readonly OwnTrack[] {
    return [...this.#tracks.values()].map(({ published }) => published);
  }

  get(source: CaptureKind): OwnTrack | undefined {
    return this.#tracks.get(source)?.published;
  }

  /** What is published came from there; `true`: whatever it is. */
  isFrom(source: CaptureKind, from: CaptureSource): boolean {
    const local = this.#tracks.get(source);
    if (local === undefined || from === true) return local !== undefined;
    if (from instanceof MediaStreamTrack) return local.published.track === from;
    return JSON.stringify(local.opened.constraints) === JSON.stringify(from);
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

  /** The microphone has to be silent, whatever is under way. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** The microphone is silent from now on, also one that is being opened; or may be heard. */
  setSilent(isSilent: boolean): void {
    this.#isSilent = isSilent;
    const track = this.get('microphone')?.track;
    if (isSilent && track !== undefined) track.enabled = false;
  }

  /** Opens a device, or takes the given track. `true`: the one that was chosen meanwhile, or the usual one. */
  async open(source: CaptureKind, asked: CaptureSource): Promise<OpenedTrack> {
    const from = asked === true ? (this.#chosen.get(source) ?? true) : asked;
    const opened = from instanceof MediaStreamTrack ? givenTrack(source, from) : await this.#openDevice(source, from);
    this.#chosen.delete(source);
    return opened;
  }

  /** What is not enabled is published as muted. */
  add(opened: OpenedTrack): OwnTrack {
    const { source, isGiven } = opened;
    const kind = source === 'camera' ? 'video' : 'audio';
    const muted = !opened.track.enabled;
    if (source === 'microphone' && this.#isSilent) opened.track.enabled = false;
    const isOff = muted && source === 'camera' && !isGiven;
    if (isOff) opened.track.stop();
    const track = isOff ? undefined : opened.track;
    const published: OwnTrack = { trackId: crypto.randomUUID(), kind, source, track, muted };
    const onEnded = (): void => this.#handleEnd(source);
    this.#tracks.set(source, { opened, published, onEnded });
    track?.addEventListener('ended', onEnded);
    return published;
  }

  /** Stops a device, so that its light goes out; `send` takes it out of its section. A given track is kept, and dark. */
  async turnOff(source: CaptureKind, send: Send<undefined>): Promise<void> {
    const local = this.#tracks.get(source);
    if (local === undefined) return;
    const { opened, published } = local;
    if (opened.isGiven) {
      if (published.track !== undefined) published.track.enabled = false;
      return;
    }
    published.track?.stop();
    published.track = undefined;
    await send(undefined);
  }

  /** Opens the device again as it was, or another one where it is gone, and gives it to `send`. */
  async turnOn(source: CaptureKind, send: Send): Promise<void> {
    const local = this.#tracks.get(source);
    if (local === undefined) return;
    const { opened, published } = local;
    if (opened.isGiven) {
      if (published.track !== undefined) published.track.enabled = true;
      return;
    }
    await this.#exchange(local, await this.#openAgain(source, opened.constraints), send);
  }

  /**
   * Sends another device or track in place of the one in use, which goes on until the new one is open. What is not on is
   * only chosen: it is opened when it is turned on. A track that the page gave is given back.
   */
  async replace(source: CaptureKind, from: CaptureSource, send: Send): Promise<void> {
    const local = this.#tracks.get(source);
    if (local === undefined) this.#chosen.set(source, forLater(from));
    else if (source === 'camera' && local.published.muted) await this.#replaceDark(local, forLater(from), send);
    else await this.#exchange(local, await this.#openInstead(local, from, send), send);
  }

  /** Asks our own camera for no more than is sent. */
  async keepWithin(source: CaptureKind): Promise<void> {
    const track = this.get(source)?.track;
    if (track !== undefined) await keepDeviceWithin(track, this.#options.wishes.limitsOf(source));
  }

  /** Stops every device; what is still being opened is stopped as soon as it is. */
  close(): void {
    this.#isClosed = true;
    for (const { opened, published, onEnded } of this.#tracks.values()) {
      published.track?.removeEventListener('ended', onEnded);
      if (!opened.isGiven) published.track?.stop();
    }
    this.#tracks.clear();
    this.#chosen.clear();
  }

  async #openDevice(source: CaptureKind, from: true | MediaTrackConstraints): Promise<OpenedTrack> {
    const constraints = constraintsOf(from);
    const track = await capture(source, constraints);
    await keepDeviceWithin(track, this.#options.wishes.limitsOf(source));
    if (this.#isClosed) track.stop();
    this.#assertOpen();
    return { source, track, isGiven: false, constraints };
  }

  /** Opens a device as it was, or another one where it is gone. */
  async #openAgain(source: CaptureKind, constraints: MediaTrackConstraints | undefined): Promise<OpenedTrack> {
    try {
      return await this.#openDevice(source, constraints ?? true);
    } catch (error) {
      const wish = asWish(constraints);
      if (wish === undefined || !(error instanceof CodedError) || error.code !== 'device-unsuitable') throw error;
      return await this.#openDevice(source, wish);
    }
  }

  async #openInstead(local: LocalTrack, from: CaptureSource, send: Send): Promise<OpenedTrack> {
    const { source, isGiven } = local.opened;
    if (from instanceof MediaStreamTrack) return givenTrack(source, from);
    const old = isGiven ? undefined : local.published.track;
    if (old === undefined) return await this.#openDevice(source, from);
    // Some end it as soon as the next one opens.
    this.#ending.add(old);
    try {
      if (source !== 'camera' || !opensOneCameraAtATime()) return await this.#openDevice(source, from);
    } catch (error) {
      // Some browsers open no second device of a kind on a computer either.
      if (!(error instanceof CodedError) || error.code !== 'device-busy') {
        this.#ending.delete(old);
        throw error;
      }
    }
    old.stop();
    try {
      return await this.#openDevice(source, from);
    } catch (error) {
      await this.#goBack(local, send);
      throw error;
    }
  }

  /** The old device was closed in vain. */
  async #goBack(local: LocalTrack, send: Send): Promise<void> {
    const { source, constraints } = local.opened;
    try {
      await this.#exchange(local, await this.#openAgain(source, constraints), send);
    } catch {
      if (!this.#isClosed) this.#options.onLost(source);
    }
  }

  /** Sends the new track, and ends or gives back the old one. */
  async #exchange(local: LocalTrack, opened: OpenedTrack, send: Send): Promise<void> {
    const { published, onEnded } = local;
    const before = { opened: local.opened, track: published.track };
    const { source, track } = opened;
    if (source === 'microphone') track.enabled = !published.muted && !this.#isSilent;
    local.opened = opened;
    published.track = track;
    track.addEventListener('ended', onEnded);
    try {
      await send(track);
      this.#assertOpen();
    } catch (error) {
      if (before.track !== track) track.removeEventListener('ended', onEnded);
      if (!opened.isGiven) track.stop();
      local.opened = before.opened;
      published.track = before.track?.readyState === 'live' ? before.track : undefined;
      throw error;
    }
    if (before.track === track) return;
    before.track?.removeEventListener('ended', onEnded);
    if (!before.opened.isGiven) before.track?.stop();
  }

  /** The camera is off: what is chosen now is opened, or lit, when it is turned on. */
  async #replaceDark(local: LocalTrack, from: CaptureSource, send: Send): Promise<void> {
    const { published, onEnded } = local;
    const { source } = local.opened;
    published.track?.removeEventListener('ended', onEnded);
    if (from instanceof MediaStreamTrack) {
      from.enabled = false;
      local.opened = { source, isGiven: true, constraints: undefined };
      published.track = from;
      from.addEventListener('ended', onEnded);
    } else {
      local.opened = { source, isGiven: false, constraints: constraintsOf(from) };
      published.track = undefined;
    }
    await send(published.track);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new CodedError('not-in-room', 'You have left the room; join again.');
  }

  #handleEnd(source: CaptureKind): void {
    const track = this.get(source)?.track;
    if (track?.readyState === 'ended' && !this.#ending.has(track)) this.#options.onLost(source);
  }
}
