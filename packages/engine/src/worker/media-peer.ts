import type { RandomBytes } from '@rivero/core';
import type { Router, RouterSessionId } from '@rivero/router';
import type { Transport, TransportSession } from '@rivero/transport';
import type { PeerState } from '../contract.ts';
import { Negotiator, type ReceivedParameters, type SentParameters } from '../negotiation/index.ts';

export interface MediaPeerOptions {
  readonly id: string;
  readonly router: Router;
  readonly transport: Transport;
  readonly random: RandomBytes;
}

/** One participant in a worker: a transport session, its half of the negotiations, and its place in the room's router. */
export class MediaPeer {
  readonly id: string;
  readonly session: TransportSession;
  readonly routerSession: RouterSessionId;
  readonly negotiator: Negotiator;
  /** Ties its tracks together at the receivers (RFC 3550 section 6.5.1). */
  readonly cname: string;
  readonly #options: MediaPeerOptions;
  /** Tracks that it wants to receive, by name; the publishers may not have them yet. */
  wantedTrackIds: readonly string[] = [];
  /** Of them those that it is sent nothing of for now. */
  pausedTrackIds: ReadonlySet<string> = new Set();
  received = new Map<string, ReceivedParameters>();
  sent = new Map<string, SentParameters>();
  state: PeerState = 'connecting';

  constructor(options: MediaPeerOptions) {
    this.#options = options;
    this.id = options.id;
    this.session = options.transport.openSession();
    this.routerSession = options.router.openSession();
    this.negotiator = new Negotiator(options.random);
    this.cname = Buffer.from(options.random(12)).toString('base64url');
  }

  /** The name of this peer's consumer of a track. */
  consumerId(trackId: string): string {
    return `${this.id}/${trackId}`;
  }

  close(): void {
    try {
      this.#options.router.closeSession(this.routerSession);
    } finally {
      this.#options.transport.closeSession(this.session);
    }
  }
}
