/** Loudness from which on it is speech beside the microphone, not the room: 35 dB below the loudest. */
const speechLevel = 0.42;

/** Speech, taken together; a key stroke or a cough is shorter. */
const speechMs = 600;

/** Told at most this often. */
const pauseMs = 30_000;

/** A look that comes later than this says nothing of the time between. */
const lookMsMax = 200;

/** Decides from the loudness of a muted microphone that somebody speaks in vain. */
export class SpeechWatch {
  #spokenMs = 0;
  #lastLook: number | undefined;
  #lastTold = -pauseMs;

  /** `level` from 0 to 1, `now` in milliseconds; true: it is to be told now. */
  look(level: number, now: number): boolean {
    const passedMs = Math.min(now - (this.#lastLook ?? now), lookMsMax);
    this.#lastLook = now;
    // Pauses between words take half of it away again.
    this.#spokenMs = level >= speechLevel ? this.#spokenMs + passedMs : Math.max(0, this.#spokenMs - passedMs / 2);
    if (this.#spokenMs < speechMs || now - this.#lastTold < pauseMs) return false;
    this.#lastTold = now;
    this.#spokenMs = 0;
    return true;
  }

  /** Unmuted: what was heard before counts no more. */
  forget(): void {
    this.#spokenMs = 0;
    this.#lastLook = undefined;
  }
}
