import { setTimeout as sleep } from 'node:timers/promises';
import { type Milliseconds, milliseconds } from '@rivero/core';
import type { Log } from './log/index.ts';

/** The whole stop, all parts together. */
const shutdownMax = milliseconds(4500);

/** One part's share, so that a part that hangs leaves time for those below it. */
const partMax = milliseconds(2000);

export interface ShutdownLimits {
  readonly total: Milliseconds;
  readonly part: Milliseconds;
}

interface Part {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
}

/** What was started, to be stopped in reverse order. A part that hangs or fails is logged and left behind. */
export class Shutdown {
  readonly #parts: Part[] = [];
  readonly #log: Log;
  readonly #limits: ShutdownLimits;
  #stopped: Promise<boolean> | undefined;

  constructor(log: Log, limits: ShutdownLimits = { total: shutdownMax, part: partMax }) {
    this.#log = log;
    this.#limits = limits;
  }

  /** To be called when the part has started. */
  add(name: string, stop: () => Promise<void> | void): void {
    this.#parts.push({ name, stop });
  }

  /** Stops all parts within the limit. True when every part stopped by itself. Later calls answer with the first. */
  stop(): Promise<boolean> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<boolean> {
    const end = performance.now() + this.#limits.total;
    let isClean = true;
    for (const part of this.#parts.toReversed()) {
      const share = Math.max(0, Math.min(this.#limits.part, end - performance.now()));
      const result = await stopPart(part, share);
      if (result === 'stopped') continue;
      isClean = false;
      if (result === 'hung') this.#log.error({ part: part.name }, 'did not stop in time and is left behind');
      else this.#log.error({ part: part.name, err: result }, 'failed to stop');
    }
    return isClean;
  }
}

async function stopPart(part: Part, share: number): Promise<'stopped' | 'hung' | Error> {
  const timer = new AbortController();
  const stopped = (async (): Promise<'stopped' | Error> => {
    try {
      await part.stop();
      return 'stopped';
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  })();
  const hung = sleep<'hung'>(share, 'hung', { signal: timer.signal }).catch((): 'hung' => 'hung');
  const result = await Promise.race([stopped, hung]);
  timer.abort();
  return result;
}
