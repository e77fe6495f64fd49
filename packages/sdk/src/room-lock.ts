import type { RoomSnapshot } from '@rivero/api';
import type { RoomContext, RoomPart } from './room-part.ts';

/** Whether a host locked the room. Tells every change by an event of the room. */
export class RoomLock implements RoomPart {
  readonly #context: RoomContext;
  #isLocked = false;

  constructor(context: RoomContext) {
    this.#context = context;
    context.signaling.socket.on('room-lock-changed', ({ locked }) => this.#set(locked));
  }

  get isLocked(): boolean {
    return this.#isLocked;
  }

  follow({ locked }: RoomSnapshot): void {
    this.#set(locked);
  }

  close(): void {}

  #set(isLocked: boolean): void {
    if (this.#isLocked === isLocked) return;
    this.#isLocked = isLocked;
    this.#context.events.emit('lockChanged', isLocked);
  }
}
