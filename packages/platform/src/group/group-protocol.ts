import type { MonotonicMs } from '@rivero/core';
import type { PlatformLog } from '../rooms/platform-log.ts';
import type { RoomService } from '../rooms/room-service.ts';
import type { SocketIceServers } from '../signaling/ice-server-source.ts';
import type { TextProtocol, TextSocket, TextSocketHandlers } from '../text-sockets/text-sockets.ts';
import { GroupClient } from './group-client.ts';
import { groupFrameRate } from './group-limits.ts';

/** Where clients of the group protocol connect. */
export const groupPath = '/ws/group';

export interface GroupProtocolOptions {
  readonly rooms: RoomService;
  readonly log: PlatformLog;
  readonly now: () => MonotonicMs;
}

/** The group protocol over its sockets: its clients are participants of the rooms that all others are in. */
export class GroupProtocol implements TextProtocol {
  readonly frameRate = groupFrameRate;
  readonly #options: GroupProtocolOptions;
  readonly #clients = new Set<GroupClient>();

  constructor(options: GroupProtocolOptions) {
    this.#options = options;
  }

  open(socket: TextSocket, iceServers: SocketIceServers): TextSocketHandlers {
    const client = new GroupClient({ ...this.#options, socket, iceServers });
    this.#clients.add(client);
    return {
      onText: (text) => client.onText(text),
      onRefused: (error) => client.onRefused(error),
      onClose: () => {
        this.#clients.delete(client);
        client.onClose();
      },
    };
  }

  handleTimeout(): void {
    const now = this.#options.now();
    for (const client of this.#clients) client.handleTimeout(now);
  }
}
