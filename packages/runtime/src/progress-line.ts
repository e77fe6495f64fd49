import { after, elapsed, type Milliseconds, milliseconds, type MonotonicMs } from '@rivero/core';

/** Where it is shown: `process.stderr`, or an object in tests. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  /** Width of a terminal; 0: it does not say. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** Between two lines where nobody watches: a file, or the log of another program. */
const plainInterval = milliseconds(5_000);

/** Between two changes on a terminal: nobody reads faster, and what is measured is not to be disturbed. */
const terminalInterval = milliseconds(200);

const defaultColumns = 80;
const eraseToEnd = '\u001B[K';

/** How far something is: one line that is written again in place on a terminal, a plain line now and then elsewhere. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  #title = '';
  #detail = '';
  #startedAt: MonotonicMs;
  #showAgainAt: MonotonicMs;

  constructor(output: ProgressOutput, now: MonotonicMs) {
    this.#output = output;
    this.#startedAt = now;
    this.#showAgainAt = now;
  }

  /** Something begins: it is shown at once, with what it is about in place of a detail until there is one. */
  begin(title: string, detail: string, now: MonotonicMs): void {
    this.#title = title;
    this.#detail = detail;
    this.#startedAt = now;
    this.#show(now);
  }

  /** How far it is. */
  tell(detail: string, now: MonotonicMs): void {
    this.#detail = detail;
    this.tick(now);
  }

  /** Told now and then, so that the time goes on. */
  tick(now: MonotonicMs): void {
    if (now >= this.#showAgainAt) this.#show(now);
  }

  /** Leaves an empty line on a terminal for what is printed next. */
  end(): void {
    if (this.#output.isTTY === true) this.#output.write(`\r${eraseToEnd}`);
  }

  #show(now: MonotonicMs): void {
    const seconds = Math.floor(elapsed(this.#startedAt, now) / 1_000);
    const text = `${this.#title}: ${this.#detail}${seconds === 0 ? '' : ` (${seconds} s)`}`;
    this.#showAgainAt = after(now, this.#interval());
    if (this.#output.isTTY !== true) {
      this.#output.write(`${text}\n`);
      return;
    }
    // One column less: some terminals go to the next line with the last character.
    const room = (this.#output.columns || defaultColumns) - 1;
    this.#output.write(`\r${text.length > room ? `${text.slice(0, room - 1)}…` : text}${eraseToEnd}`);
  }

  #interval(): Milliseconds {
    return this.#output.isTTY === true ? terminalInterval : plainInterval;
  }
}
