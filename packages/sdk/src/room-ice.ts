import type { IceConfiguration, RoomSnapshot } from '@rivero/api';
import { hasRelay, type IceSettings } from './ice-settings.ts';
import type { RoomContext, RoomPart } from './room-part.ts';

/** Credentials are renewed after that share of their life. */
const renewShare = 0.75;

/** However short or long they live, they are renewed no more often and no less. */
const renewAfterMsMin = 10_000;
const renewAfterMsMax = 24 * 3_600_000;

/** Credentials that were not to be had are asked for again after that long. */
const retryAfterMs = 60_000;

/** Who uses the settings. */
export interface IceListener {
  /** They are others. `restarts`: what was found with the old ones is about to end. */
  handleIceSettings(settings: IceSettings, restarts: boolean): void;
}

/**
 * The STUN and TURN servers that the server gives us, kept fresh, and whether media goes through a relay only. Tells by an
 * event of the room when a host changes that.
 */
export class RoomIce implements RoomPart {
  readonly #context: RoomContext;
  readonly #ownPolicy: RTCIceTransportPolicy;
  #listener: IceListener | undefined;
  #servers: IceConfiguration['iceServers'] = [];
  #relayOnly = false;
  /** From then on the credentials are old, in milliseconds since 1970: a computer that sleeps ages, too. */
  #oldAt = Infinity;
  /**
   * Renews what the connection in use has got its candidates with. What comes in between does not put it off: the
   * allocations of a connection that was not restarted end with the old credentials.
   */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<boolean> | undefined;
  #isClosed = false;

  /** `ownPolicy`: what we want ourselves, whatever the room's hosts say. */
  constructor(context: RoomContext, ownPolicy: RTCIceTransportPolicy = 'all') {
    this.#context = context;
    this.#ownPolicy = ownPolicy;
    context.signaling.socket.on('room-relay-changed', ({ relayOnly }) => {
      this.#setRelayOnly(relayOnly);
      this.#tell(false);
    });
  }

  get settings(): IceSettings {
    const isRelayOnly = this.#relayOnly || this.#ownPolicy === 'relay';
    return { iceServers: this.#servers, iceTransportPolicy: isRelayOnly ? 'relay' : 'all' };
  }

  /** What the hosts want. */
  get relayOnly(): boolean {
    return this.#relayOnly;
  }

  get hasRelay(): boolean {
    return hasRelay(this.#servers);
  }

  listen(listener: IceListener): void {
    this.#listener = listener;
  }

  /** When we come back the listener asks for the settings itself: the server may not know its connection any more. */
  follow({ ice, relayOnly }: RoomSnapshot): void {
    this.#take(ice);
    this.#setRelayOnly(relayOnly);
    if (this.#context.status.state === 'connecting') this.#tell(false);
  }

  /** Before candidates are looked for: asks for fresh credentials where those there are are old. It never fails: old ones may do. */
  async refresh(): Promise<void> {
    if (Date.now() >= this.#oldAt && (await this.#ask())) this.#tell(false);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #setRelayOnly(relayOnly: boolean): void {
    if (this.#relayOnly === relayOnly) return;
    this.#relayOnly = relayOnly;
    this.#context.events.emit('relayOnlyChanged', relayOnly);
  }

  #tell(restarts: boolean): void {
    if (!this.#isClosed) this.#listener?.handleIceSettings(this.settings, restarts);
  }

  #take({ iceServers, lifetime }: IceConfiguration): void {
    this.#servers = iceServers;
    const hasCredentials = iceServers.some(({ credential }) => credential !== undefined);
    const renewAfterMs = Math.min(Math.max(lifetime * 1000 * renewShare, renewAfterMsMin), renewAfterMsMax);
    this.#oldAt = hasCredentials ? Date.now() + renewAfterMs : Infinity;
    if (hasCredentials) this.#renewAfter(renewAfterMs);
  }

  #renewAfter(ms: number): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#renew();
    }, ms);
  }

  async #renew(): Promise<void> {
    if (await this.#ask()) this.#tell(true);
    else this.#renewAfter(retryAfterMs);
  }

  /** Answers whether there are fresh ones. */
  async #ask(): Promise<boolean> {
    this.#asking ??= this.#context.signaling
      .request('ice-servers', {}, (fresh) => this.#take(fresh))
      .then(
        () => true,
        () => false,
      )
      .finally(() => (this.#asking = undefined));
    return await this.#asking;
  }
}
