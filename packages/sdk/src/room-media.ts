import type { NegotiateRequest, NegotiateResponse } from '@rivero/api';
import { MediaConnection } from './media-connection.ts';
import { mediaProblem } from './media-problem.ts';
import { delay, retriesMax, retryDelayMs } from './retry.ts';
import type { RoomIce } from './room-ice.ts';
import type { Return, RoomContext, RoomPart } from './room-part.ts';
import type { SendWishes } from './send-wishes.ts';

/** An offer that was answered, and the connection whose sections now carry what the answer says. */
export interface Negotiated {
  readonly answer: NegotiateResponse;
  /** What the offer said of our tracks. */
  readonly offered: NegotiateRequest['tracks'];
  readonly connection: MediaConnection;
}

export interface MediaListener {
  handleNegotiated?(negotiated: Negotiated): void;
  /** The connection that carried everything is no more; another one is being made. */
  handleRenewal?(): void;
}

/** The media connection in use, and the next one when the server has lost that. */
export class RoomMedia implements RoomPart {
  readonly #context: RoomContext;
  readonly #wishes: SendWishes;
  readonly #ice: RoomIce;
  readonly #listeners: MediaListener[] = [];
  #connection: MediaConnection;
  #isClosed = false;

  constructor(context: RoomContext, wishes: SendWishes, ice: RoomIce) {
    this.#context = context;
    this.#wishes = wishes;
    this.#ice = ice;
    this.#connection = this.#create();
    const { socket } = context.signaling;
    socket.on('sections-needed', (needed) => this.#connection.handleSectionsNeeded(needed));
    socket.on('media-lost', () => void this.#renew());
    ice.listen({
      handleIceSettings: (settings, restarts) => {
        if (!this.#connection.canBecome(settings)) return void this.#renew();
        this.#connection.configure(settings);
        if (restarts) this.#connection.restartIce();
      },
    });
  }

  /** The one in use: ask for it each time. */
  get connection(): MediaConnection {
    return this.#connection;
  }

  /** Listeners are called in the order in which they came. */
  listen(listener: MediaListener): void {
    this.#listeners.push(listener);
  }

  async tellAgain({ snapshot, isNew }: Return): Promise<void> {
    const { settings } = this.#ice;
    if (isNew || !snapshot.hasMedia || !this.#connection.canBecome(settings)) return await this.#renew();
    this.#connection.configure(settings);
    this.#connection.handleResumed(snapshot.sectionsNeeded);
  }

  close(): void {
    this.#isClosed = true;
    this.#connection.close();
  }

  #create(): MediaConnection {
    const { signaling, events, status } = this.#context;
    const connection: MediaConnection = new MediaConnection({
      wishes: this.#wishes,
      ice: this.#ice.settings,
      refreshIce: () => this.#ice.refresh(),
      negotiate: (request) => signaling.request('negotiate', request),
      isReachable: () => signaling.socket.connected,
      onAnswer: (answer, offered) => {
        if (connection !== this.#connection) return;
        for (const listener of this.#listeners) listener.handleNegotiated?.({ answer, offered, connection });
      },
      onState: (state) => {
        if (connection !== this.#connection) return;
        const isBlockedNow = state === 'blocked' && status.media !== state;
        status.setMedia(state);
        if (isBlockedNow) status.emitError(mediaProblem(this.#ice.settings, connection.iceErrors));
      },
      onIceErrors: (errors) => {
        if (connection === this.#connection) events.emit('iceErrorsChanged', errors);
      },
      onError: (error) => {
        if (connection === this.#connection) status.handleRequestError(error);
      },
    });
    return connection;
  }

  /** A new peer connection with the same tracks, until the server takes it. */
  async #renew(): Promise<void> {
    if (this.#isClosed) return;
    const { status } = this.#context;
    const { published } = this.#connection;
    this.#connection.close();
    const connection = this.#create();
    this.#connection = connection;
    status.setMedia('connecting');
    for (const listener of this.#listeners) listener.handleRenewal?.();
    for (const track of published) connection.publish(track);
    for (let attempt = 1; connection === this.#connection && !this.#isClosed; attempt++) {
      try {
        await this.#ice.refresh();
        return await connection.negotiate();
      } catch (error) {
        // When the socket is gone too, resuming goes on with this.
        if (connection !== this.#connection || status.state === 'reconnecting') return;
        if (attempt === retriesMax) return status.emitError(error);
        await delay(retryDelayMs);
      }
    }
  }
}
