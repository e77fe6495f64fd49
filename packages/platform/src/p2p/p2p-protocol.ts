import { CodedError, type MonotonicMs, TokenBucket } from '@rivero/core';
import type { PlatformLog } from '../rooms/platform-log.ts';
import { refusalOf } from '../rooms/refusal-of.ts';
import type { SocketIceServers } from '../signaling/ice-server-source.ts';
import { iceServersRate, requestRate } from '../signaling/request-limits.ts';
import type { TextProtocol, TextSocket, TextSocketHandlers } from '../text-sockets/text-sockets.ts';
import { type P2pClient, P2pRooms } from './p2p-rooms.ts';

/** Where clients of the 1:1 room protocol connect. */
export const p2pPath = '/ws/p2p';

export interface P2pProtocolOptions {
  readonly log: PlatformLog;
  readonly now: () => MonotonicMs;
}

/** The 1:1 room protocol over its sockets. */
export class P2pProtocol implements TextProtocol {
  readonly frameRate = requestRate;
  readonly #rooms: P2pRooms;
  readonly #now: () => MonotonicMs;

  constructor({ log, now }: P2pProtocolOptions) {
    this.#rooms = new P2pRooms((error) => refusalOf(error, log));
    this.#now = now;
  }

  handleTimeout(): void {
    const now = this.#now();
    if (this.#rooms.deadline() <= now) this.#rooms.handleTimeout(now);
  }

  /** A client connected. */
  open(socket: TextSocket, iceServers: SocketIceServers): TextSocketHandlers {
    const bucket = new TokenBucket(iceServersRate, this.#now());
    const client: P2pClient = {
      send: (message) => socket.send(message),
      iceServers: (now) => {
        if (!bucket.take(now))
          throw new CodedError('rate-limited', 'You asked for ICE servers just now; wait a second.');
        return iceServers();
      },
    };
    return {
      onText: (text) => this.#rooms.handleMessage(client, text, this.#now()),
      onRefused: ({ code, message }) => client.send({ cmd: 'error', code, message }),
      onClose: () => this.#rooms.handleClose(client),
    };
  }
}
