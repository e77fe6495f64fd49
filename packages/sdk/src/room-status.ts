import type { Refusal } from '@rivero/api';
import { asCodedError } from './as-coded-error.ts';
import type { EventEmitter } from './event-emitter.ts';
import type { MediaState } from './path-watch.ts';
import type { RoomEvents, RoomState } from './room-events.ts';

/** How our stay and its media do. Tells every change and every error by an event of the room. */
export class RoomStatus {
  readonly #events: EventEmitter<RoomEvents>;
  #state: RoomState = 'connecting';
  #reason: Refusal | undefined;
  #media: MediaState = 'connecting';

  constructor(events: EventEmitter<RoomEvents>) {
    this.#events = events;
  }

  get state(): RoomState {
    return this.#state;
  }

  get media(): MediaState {
    return this.#media;
  }

  /** What is known of the reason stays until the state is another. Nothing comes after `left`. */
  setState(state: RoomState, reason?: Refusal): void {
    const isSame = this.#state === state && (reason === undefined || reason.code === this.#reason?.code);
    if (isSame || this.#state === 'left') return;
    this.#state = state;
    this.#reason = reason;
    this.#events.emit('stateChanged', state, reason);
  }

  setMedia(state: MediaState): void {
    if (this.#media === state) return;
    this.#media = state;
    this.#events.emit('mediaStateChanged', state);
  }

  emitError(error: unknown): void {
    this.#events.emit('error', asCodedError(error));
  }

  /** What fails because the socket is gone is made up for when we resume. */
  handleRequestError(error: unknown): void {
    if (this.#state === 'connected') this.emitError(error);
  }
}
