import type { SessionHandle } from '@rivero/core';
import type { RtpOwner, RtpSessions } from './rtp-endpoint.ts';

/** Whose packets are that come to ports of one session alone. */
export class RtpOwners<Room> {
  readonly #owners = new Map<SessionHandle, RtpOwner & { readonly room: Room }>();

  get(handle: SessionHandle): (RtpOwner & { readonly room: Room }) | undefined {
    return this.#owners.get(handle);
  }

  /** Those of one room's endpoints. */
  sessionsOf(room: () => Room): RtpSessions {
    return {
      onOpened: (handle, owner) => this.#owners.set(handle, { ...owner, room: room() }),
      onClosed: (handle) => this.#owners.delete(handle),
    };
  }
}
