import type { SessionHandle } from '@rivero/core';
import type { RtpPlace, RtpSessions } from './rtp-endpoint.ts';

/** Where packets go that come to ports of one session alone. */
export class RtpPlaces<Room> {
  readonly #places = new Map<SessionHandle, RtpPlace & { readonly room: Room }>();

  get(handle: SessionHandle): (RtpPlace & { readonly room: Room }) | undefined {
    return this.#places.get(handle);
  }

  /** Those of one room's endpoints. */
  sessionsOf(room: () => Room): RtpSessions {
    return {
      onOpened: (handle, place) => this.#places.set(handle, { ...place, room: room() }),
      onClosed: (handle) => this.#places.delete(handle),
    };
  }
}
