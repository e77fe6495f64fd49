import { IndexWindow } from './index-window.ts';

/** SSRCs that one direction of a session may use at once, at most: each costs its window. */
export const srtpStreamsMax = 4096;

/** SSRCs of a sender that are remembered as used up; each costs a number. */
export const srtpRetiredMax = 65_536;

/**
 * Windows of one kind by SSRC, at most `srtpStreamsMax`. A forgotten window would allow replay, or an index to be used
 * twice: so one goes only when its SSRC is retired, and a retired SSRC is never used again.
 */
export class SrtpStreams {
  readonly #windows = new Map<number, IndexWindow>();
  readonly #retired = new Set<number>();
  readonly #blocks: number;

  /** `blocks` of 32 indices in every window, a power of two. */
  constructor(blocks: number) {
    this.#blocks = blocks;
  }

  get isFull(): boolean {
    return this.#windows.size >= srtpStreamsMax;
  }

  // Keys are signed: V8 keeps those as plain integers, and larger ones as objects.
  get(ssrc: number): IndexWindow | undefined {
    return this.#windows.get(ssrc | 0);
  }

  /** Opens the SSRC's window; there is none yet, and the table is not full. */
  open(ssrc: number): IndexWindow {
    const window = new IndexWindow(this.#blocks);
    this.#windows.set(ssrc | 0, window);
    return window;
  }

  /** The highest index of each SSRC. */
  highest(): ReadonlyMap<number, number> {
    return new Map([...this.#windows].map(([ssrc, { highest }]) => [ssrc, highest]));
  }

  /** Puts a mark in place of the SSRC's window. With `srtpRetiredMax` marks the window stays, which is as safe. */
  retire(ssrc: number): void {
    if (this.#retired.size >= srtpRetiredMax || !this.#windows.delete(ssrc | 0)) return;
    this.#retired.add(ssrc | 0);
  }

  isRetired(ssrc: number): boolean {
    return this.#retired.has(ssrc | 0);
  }
}

/** Blocks of an RTP window: more than 2,000 packets, a second and a half at 15 Mbit/s. */
export const rtpWindowBlocks = 64;

/** Blocks of an SRTCP window: more than 200 packets. RFC 3711 section 3.3.2 asks for 64 at least. */
export const rtcpWindowBlocks = 8;
