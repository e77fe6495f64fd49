import type { RoomSnapshot } from '@rivero/api';
import type { EventEmitter } from './event-emitter.ts';
import type { RoomEvents } from './room-events.ts';
import type { RoomStatus } from './room-status.ts';
import type { SignalingClient } from './signaling-client.ts';

/** What the parts of a room share. */
export interface RoomContext {
  readonly signaling: SignalingClient;
  readonly events: EventEmitter<RoomEvents>;
  readonly status: RoomStatus;
}

/** How we came back with a new socket. */
export interface Return {
  readonly snapshot: RoomSnapshot;
  /** Joined anew, because we were away for too long: the server knows nothing of what we told it before. */
  readonly isNew: boolean;
}

/**
 * One concept of a room. It listens to the server's events by itself (`signaling.socket.on(…)` in its constructor; they
 * end with the socket), and the room calls these.
 */
export interface RoomPart {
  /** The room as the answer to a join or a resumption describes it; the events behind it change that. */
  follow?(snapshot: RoomSnapshot): void;
  /** We are back: tells the server again what it may have missed. It must not throw; the next part waits for it. */
  tellAgain?(how: Return): Promise<void>;
  /** We have left: ends timers and forgets. */
  close(): void;
}
