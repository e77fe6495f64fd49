import { hash } from 'node:crypto';
import { after, type MonotonicMs, never } from '@rivero/core';
import { answerBytesMax, answerLifetime, answersMax } from './rpc-limits.ts';

/** A request that runs, or was answered with that text. */
interface TakenRequest {
  /** Of the whole request: another one with the same id is no repetition. */
  readonly digest: string;
  /** Who asked again while it ran. */
  readonly repeaters: ((answer: string) => void)[];
  answer: string | undefined;
  expiresAt: MonotonicMs;
}

/** Called once with the answer of a taken request. */
export type Settle = (answer: string, now: MonotonicMs) => void;

/**
 * The requests of one session by their ids, so that a repeated one is not done twice. Of the answers the oldest go when
 * there are `answersMax`, or when they are longer than `answerBytesMax` together.
 */
export class AnswerCache {
  readonly #running = new Map<string, TakenRequest>();
  /** From old to new. */
  readonly #answered = new Map<string, TakenRequest>();
  #bytes = 0;

  get size(): number {
    return this.#answered.size;
  }

  /** Undefined: it was taken before, and `tell` gets the same answer, now or when there is one. */
  take(id: string, text: string, tell: (answer: string) => void): Settle | undefined {
    const digest = hash('sha256', text, 'base64');
    const first = this.#running.get(id) ?? this.#answered.get(id);
    if (first?.digest === digest) {
      if (first.answer === undefined) first.repeaters.push(tell);
      else tell(first.answer);
      return undefined;
    }
    const request: TakenRequest = { digest, repeaters: [], answer: undefined, expiresAt: never };
    // The newest request of an id is the one that can be repeated.
    this.#running.set(id, request);
    return (answer, now) => this.#settle(id, request, answer, now);
  }

  expire(now: MonotonicMs): void {
    for (const [id, { expiresAt }] of this.#answered) {
      if (expiresAt > now) break;
      this.#forget(id);
    }
  }

  #settle(id: string, request: TakenRequest, answer: string, now: MonotonicMs): void {
    for (const tell of request.repeaters.splice(0)) tell(answer);
    if (this.#running.get(id) !== request) return;
    this.#running.delete(id);
    this.#forget(id);
    if (answer.length > answerBytesMax) return;
    request.answer = answer;
    request.expiresAt = after(now, answerLifetime);
    this.#answered.set(id, request);
    this.#bytes += answer.length;
    for (const oldest of this.#answered.keys()) {
      if (this.#answered.size <= answersMax && this.#bytes <= answerBytesMax) break;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    this.#bytes -= this.#answered.get(id)?.answer?.length ?? 0;
    this.#answered.delete(id);
  }
}
