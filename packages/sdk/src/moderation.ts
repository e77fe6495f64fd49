import type { AskedSource } from '@rivero/api';
import type { RoomContext } from './room-part.ts';
import type { Roster } from './roster.ts';

/**
 * What hosts may do. Everything is refused to guests: `not-host`; and about somebody who is not in the room:
 * `participant-unknown`. It is done when the promise resolves, and then told by the same events as to everybody else.
 */
export class Moderation {
  readonly #signaling: RoomContext['signaling'];
  readonly #leave: () => Promise<void>;

  constructor({ signaling, events }: RoomContext, roster: Roster, leave: () => Promise<void>) {
    this.#signaling = signaling;
    this.#leave = leave;
    signaling.socket.on('mute-asked', ({ participantId, source }) =>
      events.emit('muteAsked', roster.get(participantId), source),
    );
  }

  /** Lets nobody else in but who has the host token. Event: `lockChanged`. */
  async lock(): Promise<void> {
    await this.#signaling.request('lock-room', { locked: true });
  }

  /** Lets everybody in again. Event: `lockChanged`. */
  async unlock(): Promise<void> {
    await this.#signaling.request('lock-room', { locked: false });
  }

  /**
   * Has everybody's media go through TURN relays only, or by the best path again. Refused where the server gives no relay
   * ({@link Room.hasRelay}): `relay-unavailable`. Event: `relayOnlyChanged`.
   */
  async setRelayOnly(relayOnly: boolean): Promise<void> {
    await this.#signaling.request('set-relay-only', { relayOnly });
  }

  /** Ends somebody else's stay, who is told `removed-by-host`. Event: `participantLeft`. */
  async remove(participantId: string): Promise<void> {
    await this.#signaling.request('remove-participant', { participantId });
  }

  /** Muting is the other one's own doing; it gets the event `muteAsked`. */
  async askToMute(participantId: string, source: AskedSource): Promise<void> {
    await this.#signaling.request('ask-to-mute', { participantId, source });
  }

  /** Event: `participantChanged`; `handChanged` when it is our own. */
  async lowerHand(participantId: string): Promise<void> {
    await this.#signaling.request('lower-hand', { participantId });
  }

  /** Like {@link lowerHand}, for everybody. */
  async lowerAllHands(): Promise<void> {
    await this.#signaling.request('lower-all-hands', {});
  }

  /** Ends the room for everybody: the others are told `ended-by-host`, and we have left. */
  async end(): Promise<void> {
    await this.#signaling.request('end-room', {});
    await this.#leave();
  }
}
