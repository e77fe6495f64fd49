import type { MonotonicMs } from '@rivero/core';
import type { SessionState, Transport, TransportEvent } from '@rivero/transport';
import type { MediaPeer } from './media-peer.ts';
import type { MediaPlaneEvent } from './media-plane-event.ts';
import type { MediaRoom } from './media-room.ts';
import { nameOf, type Place, routerSessionOf } from './session-place.ts';
import type { SessionPlaces } from './session-places.ts';

export interface TransportEventsOptions {
  readonly transport: Transport;
  readonly places: SessionPlaces;
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
    const { transport, places } = this.#options;
    for (let event = transport.pollEvent(); event !== undefined; event = transport.pollEvent()) {
      const place = places.get(event.session);
      if (place !== undefined) this.#handle(event, place, now);
    }
  }

  #handle(event: TransportEvent, place: Place, now: MonotonicMs): void {
    const { push, touch, guard } = this.#options;
    const { room } = place;
    const { id: roomId } = room;
    if (place.type === 'endpoint') guard(room, now, () => place.endpoint.handleEvent(event));
    switch (event.type) {
      case 'connected':
        touch(room);
        guard(room, now, () => room.router.connectSession(routerSessionOf(place), event.handle, now));
        return;
      case 'bug':
        push({ type: 'bug', roomId, peerId: nameOf(place), error: event.error });
        return;
      case 'state':
        if (place.type === 'peer') this.#handlePeerState(roomId, place.peer, event.state);
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
