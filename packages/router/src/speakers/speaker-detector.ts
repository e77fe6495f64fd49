import { after, elapsed, milliseconds, type MonotonicMs, monotonicMs, never } from '@rivero/core';
import { Voice } from './voice.ts';

/** Speakers that are told, the main one first. */
export const speakersMax = 5;

/** Between two looks at who speaks, and so between two changes that are told. */
export const speakersInterval = milliseconds(200);

/** Whoever is quiet for longer speaks no more; with the look that notices it, 600 to 800 ms. */
export const quietMax = milliseconds(600);

/** In dB: whoever is not that much louder is not louder, so that two who speak alike keep their places. */
export const louderBy = 3;

/** For so long somebody must be louder than the main speaker to take that place: coughs and interjections do not. */
export const challengeMin = milliseconds(1_000);

/**
 * Who speaks in a room, by the audio levels that senders write into their packets (RFC 6464). Ordered by loudness, and
 * among those about as loud, by who speaks for longer; the first keeps that place until another is louder for a second.
 */
export class SpeakerDetector {
  /** Everybody who speaks, in order. */
  readonly #speakers: Voice[] = [];
  #told: readonly string[] = [];
  #isChanged = false;
  #challenger: Voice | undefined;
  #challengedAt: MonotonicMs = never;
  #lookedAt = monotonicMs(Number.NEGATIVE_INFINITY);
  #deadline: MonotonicMs = never;

  /** Begins to listen to a track: a participant's voice, and nothing else that sounds, or it would take a place. */
  open(trackId: string): Voice {
    return new Voice(trackId);
  }

  /** The track is no more. */
  close(voice: Voice): void {
    const index = this.#speakers.indexOf(voice);
    if (index !== -1) this.#speakers.splice(index, 1);
  }

  /** A packet of that level, 0 to 127, in -dBov. */
  handleLevel(voice: Voice, level: number, now: MonotonicMs): void {
    const isSpeech = voice.handleLevel(level, now);
    if (voice.isSpeaking || !isSpeech) return;
    voice.isSpeaking = true;
    this.#speakers.push(voice);
    if (this.#deadline === never) this.#deadline = monotonicMs(Math.max(now, after(this.#lookedAt, speakersInterval)));
  }

  handleTimeout(now: MonotonicMs): void {
    if (now < this.#deadline) return;
    this.#lookedAt = now;
    this.#dropQuiet(now);
    this.#order();
    this.#judgeChallenge(now);
    this.#note();
    this.#deadline = this.#speakers.length === 0 ? never : after(now, speakersInterval);
  }

  deadline(): MonotonicMs {
    return this.#deadline;
  }

  /** Tracks of those who speak now, in order, if that changed since the last call. */
  pollChange(): readonly string[] | undefined {
    if (!this.#isChanged) return undefined;
    this.#isChanged = false;
    return this.#told;
  }

  #dropQuiet(now: MonotonicMs): void {
    const speakers = this.#speakers;
    let count = 0;
    for (const voice of speakers) {
      if (voice.quietFor(now) <= quietMax) speakers[count++] = voice;
      else voice.isSpeaking = false;
    }
    speakers.length = count;
  }

  /** One pass a look: who is louder moves up to the second place at once, whatever the number of speakers. */
  #order(): void {
    const speakers = this.#speakers;
    for (let i = speakers.length - 1; i > 1; i--) {
      const louder = speakers[i];
      if (!isLouder(louder, speakers[i - 1])) continue;
      speakers[i] = speakers[i - 1];
      speakers[i - 1] = louder;
    }
  }

  #judgeChallenge(now: MonotonicMs): void {
    const [first, second] = this.#speakers;
    if (second === undefined || !isLouder(second, first)) {
      this.#challenger = undefined;
    } else if (second !== this.#challenger) {
      this.#challenger = second;
      this.#challengedAt = now;
    } else if (elapsed(this.#challengedAt, now) >= challengeMin) {
      this.#speakers[0] = second;
      this.#speakers[1] = first;
      this.#challenger = undefined;
    }
  }

  #note(): void {
    const trackIds = this.#speakers.slice(0, speakersMax).map(({ trackId }) => trackId);
    if (trackIds.length === this.#told.length && trackIds.every((trackId, i) => trackId === this.#told[i])) return;
    this.#told = trackIds;
    this.#isChanged = true;
  }
}

function isLouder(voice: Voice, than: Voice): boolean {
  return voice.level <= than.level - louderBy;
}
