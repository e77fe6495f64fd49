import { bitsPerSecond, type MonotonicMs } from '@rivero/core';
import type { ExportWish, Router, RouterSessionId } from '@rivero/router';
import type { BranchMessage } from './link-message.ts';

export interface ImportedPublisherOptions {
  readonly router: Router;
  readonly post: (message: BranchMessage) => void;
  /** Levels of its voice are of use here. */
  readonly hearsVoices: boolean;
}

interface ImportedTrack {
  readonly number: number;
  isReceived: boolean;
  isVoice: boolean;
  wish: ExportWish;
}

const none = bitsPerSecond(0);

/** Nothing is limited but by what the receivers take. */
const followsReceivers = { receiveMin: none, receiveMax: none, sendMax: none, followsReceivers: true };

/** A publisher in another worker: its tracks in our router, and the way back to it. */
export class ImportedPublisher {
  readonly routerSession: RouterSessionId;
  readonly #options: ImportedPublisherOptions;
  readonly #tracks = new Map<string, ImportedTrack>();

  constructor(options: ImportedPublisherOptions, now: MonotonicMs) {
    this.#options = options;
    const { router, post } = options;
    this.routerSession = router.openSession({
      origin: {
        setReceived: (trackId, isReceived) => this.#update(trackId, { isReceived }),
        requestKeyframe: (trackId) => {
          const track = this.#tracks.get(trackId);
          if (track !== undefined) post({ type: 'keyframe-wanted', track: track.number });
        },
        limitBitrate: (takes) => {
          for (const { number: track, isReceived } of this.#tracks.values())
            if (isReceived) post({ type: 'limit', track, takes });
        },
      },
    });
    router.setSessionLimits(this.routerSession, followsReceivers, now);
  }

  get trackIds(): readonly string[] {
    return [...this.#tracks.keys()];
  }

  /** Before its producer is opened. */
  add(trackId: string, number: number): void {
    this.#tracks.set(trackId, { number, isReceived: false, isVoice: false, wish: 'nothing' });
  }

  /** Before its producer is closed: nothing more is said of it. */
  remove(trackId: string): void {
    this.#tracks.delete(trackId);
  }

  setVoice(trackId: string, isVoice: boolean): void {
    const { router, hearsVoices } = this.#options;
    if (!hearsVoices || this.#tracks.get(trackId)?.isVoice === isVoice) return;
    this.#update(trackId, { isVoice });
    router.setVoice(this.routerSession, [...this.#tracks].find(([, track]) => track.isVoice)?.[0]);
  }

  close(): void {
    this.#tracks.clear();
    this.#options.router.closeSession(this.routerSession);
  }

  #update(trackId: string, change: Partial<ImportedTrack>): void {
    const track = this.#tracks.get(trackId);
    if (track === undefined) return;
    Object.assign(track, change);
    const wish = track.isReceived ? 'packets' : track.isVoice ? 'levels' : 'nothing';
    if (wish === track.wish) return;
    track.wish = wish;
    this.#options.post({ type: 'wish', track: track.number, wish });
  }
}
