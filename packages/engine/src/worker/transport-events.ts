import type { MonotonicMs } from '@rivero/core';
import type { SessionState, Transport, TransportEvent } from '@rivero/transport';
import type { MediaPeer } from './media-peer.ts';
import type { MediaPlaneEvent } from './media-plane-event.ts';
import type { MediaRoom } from './media-room.ts';
import { nameOf, type SessionOwner, routerSessionOf } from './session-owner.ts';
import type { SessionOwners } from './session-owners.ts';

export interface TransportEventsOptions {
  readonly transport: Transport;
  readonly owners: SessionOwners;
  readonly push: (event: MediaPlaneEvent) => void;
  /** Its router is told something. */
  readonly touch: (room: MediaRoom) => void;
  /** What it throws is a bug of this room. */
  readonly guard: (room: MediaRoom, now: MonotonicMs, action: () => void) => void;
}

/** What happens to transport sessions, told to the rooms that they belong to. */
export class TransportEvents {
  readonly #options: TransportEventsOptions;

  constructor(options: TransportEventsOptions) {
    this.#options = options;
  }

  drain(now: MonotonicMs): void {
    const { transport, owners } = this.#options;
    for (let event = transport.pollEvent(); event !== undefined; event = transport.pollEvent()) {
      const owner = owners.get(event.session);
      if (owner !== undefined) this.#handle(event, owner, now);
    }
  }

  #handle(event: TransportEvent, owner: SessionOwner, now: MonotonicMs): void {
    const { push, touch, guard } = this.#options;
    const { room } = owner;
    const { id: roomId } = room;
    if (owner.type === 'endpoint') guard(room, now, () => owner.endpoint.handleEvent(event));
    switch (event.type) {
      case 'connected':
        touch(room);
        guard(room, now, () => room.router.connectSession(routerSessionOf(owner), event.handle, now));
        return;
      case 'bug':
        push({ type: 'bug', roomId, peerId: nameOf(owner), error: event.error });
        return;
      case 'state':
        if (owner.type === 'peer') this.#handlePeerState(roomId, owner.peer, event.state);
        return;
      case 'ice-state':
      case 'dtls-state':
      case 'pair-selected':
        return;
    }
  }

  #handlePeerState(roomId: string, peer: MediaPeer, sessionState: SessionState): void {
    // A session that we closed ourselves is nobody's news.
    const state = sessionState === 'closed' ? peer.state : sessionState;
    if (state === peer.state) return;
    peer.state = state;
    this.#options.push({ type: 'peer-state', roomId, peerId: peer.id, state });
  }
}
