import type { Refusal, RoomSnapshot } from '@rivero/api';
import { asCodedError } from './as-coded-error.ts';
import type { JoinOptions } from './join-options.ts';
import { delay, retriesMax, retryDelayMs } from './retry.ts';
import type { Return, RoomContext, RoomPart } from './room-part.ts';

export interface StayOptions {
  readonly join: JoinOptions;
  /** The secret that makes us a host, as it is when we join. */
  readonly hostToken: () => string | undefined;
  /** In the order in which they follow, and tell again. */
  readonly parts: readonly RoomPart[];
  /** The server ended it. */
  readonly onEnd: (reason: Refusal) => void;
}

/** Refusals that trying again does not change. */
const finalRefusals: ReadonlySet<string> = new Set([
  'room-full',
  'room-locked',
  'server-full',
  'request-malformed',
  'removed-by-host',
  'ended-by-host',
]);

/** The server is being restarted. */
const stopping = 'server-stopping';

/** Our stay in the room: enters, comes back with every new socket, and ends when the server says so. */
export class Stay {
  readonly #context: RoomContext;
  readonly #options: StayOptions;
  #participantId = '';
  #resumeToken = '';

  constructor(context: RoomContext, options: StayOptions) {
    this.#context = context;
    this.#options = options;
    this.#listen();
  }

  get participantId(): string {
    return this.#participantId;
  }

  /** The socket may be closed already without our knowing, because we took our time to allow devices. */
  async enter(): Promise<RoomSnapshot> {
    const { signaling, status } = this.#context;
    try {
      return await this.#join();
    } catch (error) {
      const isSilent = asCodedError(error).code === 'server-silent' && !signaling.socket.connected;
      if (!isSilent || status.state === 'left') throw error;
      await signaling.connect();
      return await this.#join();
    }
  }

  async #join(): Promise<RoomSnapshot> {
    const { room, name } = this.#options.join;
    const hostToken = this.#options.hostToken();
    const request = { room, name, ...(hostToken === undefined ? {} : { hostToken }) };
    return await this.#context.signaling.request('join', request, this.#follow);
  }

  readonly #follow = (snapshot: RoomSnapshot): void => {
    if (this.#context.status.state === 'left') return;
    this.#participantId = snapshot.participantId;
    this.#resumeToken = snapshot.resumeToken;
    for (const part of this.#options.parts) part.follow?.(snapshot);
  };

  #listen(): void {
    const { status, signaling } = this.#context;
    const { socket } = signaling;
    socket.on('room-closed', (reason) => {
      if (reason.code === stopping) status.setState('reconnecting', reason);
      else this.#options.onEnd(reason);
    });
    socket.on('disconnect', (reason) => {
      if (status.state !== 'left' && this.#participantId !== '') status.setState('reconnecting');
      // The server closed it on purpose, as it does before it restarts: Socket.IO does not come back by itself then.
      if (reason === 'io server disconnect')
        setTimeout(() => status.state !== 'left' && socket.connect(), retryDelayMs);
    });
    socket.on('connect', () => {
      if (this.#resumeToken !== '') this.#resume().catch((error) => status.emitError(error));
    });
  }

  /** With a new socket: takes up where we were; when that is no longer possible, joins again. */
  async #resume(): Promise<void> {
    const { status, signaling } = this.#context;
    const { socket } = signaling;
    const { id } = socket;
    for (let attempt = 1; status.state === 'reconnecting' && socket.id === id; attempt++) {
      try {
        return await this.#enterAgain();
      } catch (error) {
        // The next socket has its own turn.
        if (status.state !== 'reconnecting' || socket.id !== id) return;
        const { code, message } = asCodedError(error);
        if (finalRefusals.has(code) || attempt === retriesMax) return this.#options.onEnd({ code, message });
        if (code === stopping) status.setState('reconnecting', { code, message });
        await delay(retryDelayMs);
      }
    }
  }

  async #enterAgain(): Promise<void> {
    const how = await this.#return();
    this.#context.status.setState('connected');
    for (const part of this.#options.parts) {
      if (this.#context.status.state === 'left') return;
      await part.tellAgain?.(how);
    }
  }

  async #return(): Promise<Return> {
    const resumeToken = this.#resumeToken;
    try {
      const snapshot = await this.#context.signaling.request('resume', { resumeToken }, this.#follow);
      return { snapshot, isNew: false };
    } catch (error) {
      if (asCodedError(error).code !== 'resume-expired' || this.#context.status.state === 'left') throw error;
      return { snapshot: await this.enter(), isNew: true };
    }
  }
}
