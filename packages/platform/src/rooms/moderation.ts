import type { AskedSource } from '@rivero/api';
import { CodedError, type MonotonicMs } from '@rivero/core';
import type { RoomParticipant } from './participant.ts';
import type { PlatformLog } from './platform-log.ts';
import type { RoomRegistry, Seat } from './room-registry.ts';

const removed = { code: 'removed-by-host', message: 'A host of the room removed you.' };
const ended = { code: 'ended-by-host', message: 'A host ended the meeting for everybody.' };

export interface ModerationOptions {
  readonly registry: RoomRegistry;
  readonly log: PlatformLog;
  /** There is a TURN server. */
  readonly hasRelay: boolean;
}

/**
 * What hosts may do to a room and to others in it. Everything is refused to who has left (`not-in-room`), to guests
 * (`not-host`), and about somebody who is not there (`participant-unknown`).
 */
export class Moderation {
  readonly #registry: RoomRegistry;
  readonly #log: PlatformLog;
  readonly #hasRelay: boolean;

  constructor({ registry, log, hasRelay }: ModerationOptions) {
    this.#registry = registry;
    this.#log = log;
    this.#hasRelay = hasRelay;
  }

  /** Nobody joins a locked room but who has its host token; who is in it may resume. */
  lockRoom(seat: Seat, locked: boolean): void {
    assertHost(seat);
    const { room } = seat;
    if (room.isLocked === locked) return;
    room.isLocked = locked;
    room.tell(undefined, 'room-lock-changed', { locked });
    this.#note(seat, locked ? 'locked the room' : 'unlocked the room');
  }

  /** Everybody is asked to have relays carry its media. Refused without a TURN server: `relay-unavailable`. */
  setRelayOnly(seat: Seat, relayOnly: boolean): void {
    assertHost(seat);
    const { room } = seat;
    if (!this.#hasRelay) {
      throw new CodedError(
        'relay-unavailable',
        'This server has no TURN server that could relay the media; whoever runs it can set RIVERO_TURN_PORT or RIVERO_TURN_URLS.',
      );
    }
    if (room.isRelayOnly === relayOnly) return;
    room.isRelayOnly = relayOnly;
    room.tell(undefined, 'room-relay-changed', { relayOnly });
    this.#note(seat, relayOnly ? 'sent all media through relays' : 'let media go without relays');
  }

  /** Ends somebody else's stay; it cannot resume. */
  removeParticipant(seat: Seat, participantId: string): void {
    assertHost(seat);
    const { room } = seat;
    const participant = seat.room.participant(participantId);
    if (participant === seat.participant) {
      throw new CodedError('request-malformed', 'You cannot remove yourself; leave instead.');
    }
    this.#registry.expel({ room, participant }, removed);
    this.#note(seat, `removed ${participantId}`);
  }

  /** Muting is that participant's own doing: it is only asked. Refused when it was asked often: `rate-limited`. */
  askToMute(seat: Seat, participantId: string, source: AskedSource, now: MonotonicMs): void {
    assertHost(seat);
    const { connection, muteAsks } = seat.room.participant(participantId);
    if (!muteAsks.take(now)) {
      throw new CodedError('rate-limited', 'This participant was asked to mute just now; wait some seconds.');
    }
    connection?.send('mute-asked', { participantId: seat.participant.id, source });
    this.#note(seat, `asked ${participantId} to mute the ${source}`);
  }

  lowerHand(seat: Seat, participantId: string): void {
    assertHost(seat);
    if (lower(seat, seat.room.participant(participantId))) this.#note(seat, `lowered the hand of ${participantId}`);
  }

  lowerAllHands(seat: Seat): void {
    assertHost(seat);
    const lowered = [...seat.room.participants.values()].filter((participant) => lower(seat, participant));
    if (lowered.length > 0) this.#note(seat, `lowered all hands: ${lowered.length}`);
  }

  /** Everybody's stay is over, and the room is gone; nobody can resume. */
  endRoom(seat: Seat): void {
    assertHost(seat);
    this.#registry.endRoom(seat, ended);
    this.#note(seat, 'ended the room');
  }

  #note({ room, participant }: Seat, deed: string): void {
    this.#log.info(`Room ${room.id}: host ${participant.id} ${deed}.`);
  }
}

/** Told to everybody, to its owner too; false: it was not raised. */
function lower({ room }: Seat, participant: RoomParticipant): boolean {
  if (participant.handRaisedAt === null) return false;
  participant.handRaisedAt = null;
  room.tell(undefined, 'hand-changed', { participantId: participant.id, handRaisedAt: null });
  return true;
}

function assertHost({ room, participant }: Seat): void {
  room.assertHas(participant);
  if (participant.role !== 'host') throw new CodedError('not-host', 'Only a host of the room can do that.');
}
