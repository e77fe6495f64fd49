import type { TrackSource } from '@rivero/api';
import { CodedError } from '@rivero/core';
import type { OwnTrack } from './published-track.ts';
import { captureScreen, type ScreenOptions } from './screen-capture.ts';

export interface LocalScreenOptions {
  /** Publishes tracks that began; resolves when the server has them. */
  readonly publish: (tracks: readonly OwnTrack[]) => Promise<void>;
  readonly unpublish: (tracks: readonly OwnTrack[]) => Promise<void>;
  /** What fails when the sharing was ended outside of the page. */
  readonly onError: (error: unknown) => void;
}

function published(source: TrackSource, track: MediaStreamTrack): OwnTrack {
  return { trackId: crypto.randomUUID(), kind: source === 'screen' ? 'video' : 'audio', source, track, muted: false };
}

/** The screen that we share, with its sound. One thing is done after the other: two presses of a button ask once. */
export class LocalScreen {
  readonly #options: LocalScreenOptions;
  #tracks: readonly OwnTrack[] = [];
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: LocalScreenOptions) {
    this.#options = options;
  }

  get all(): readonly OwnTrack[] {
    return this.#tracks;
  }

  /** Asks what to share, and shares it until {@link stop} or until the browser's own button ends it. */
  start(options: ScreenOptions): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#tracks.length > 0) return;
      const { video, audio } = await captureScreen(options);
      if (this.#isClosed) {
        video.stop();
        audio?.stop();
      }
      this.#assertOpen();
      const sound = audio === undefined ? [] : [published('screen-audio', audio)];
      this.#tracks = [published('screen', video), ...sound];
      for (const track of this.#tracks) this.#follow(track);
      await this.#options.publish(this.#tracks);
    });
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#end(this.#tracks));
  }

  /** Stops everything; what is still being chosen is stopped as soon as it is. */
  close(): void {
    this.#isClosed = true;
    for (const { track } of this.#tracks) track?.stop();
    this.#tracks = [];
  }

  async #end(ending: readonly OwnTrack[]): Promise<void> {
    const ended = ending.filter((track) => this.#tracks.includes(track));
    if (ended.length === 0) return;
    this.#tracks = this.#tracks.filter((track) => !ended.includes(track));
    for (const track of ended) {
      track.track?.stop();
      track.track = undefined;
    }
    await this.#options.unpublish(ended);
  }

  /** The sound ends with the picture; the picture goes on without the sound. */
  #follow(track: OwnTrack): void {
    track.track?.addEventListener('ended', () => {
      if (this.#isClosed) return;
      const isAll = track.source === 'screen';
      this.#inTurn(() => this.#end(isAll ? this.#tracks : [track])).catch(this.#options.onError);
    });
  }

  #inTurn(operation: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(() => {
      this.#assertOpen();
      return operation();
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new CodedError('not-in-room', 'You have left the room; join again.');
  }
}
