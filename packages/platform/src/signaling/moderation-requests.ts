import {
  askToMuteRequestSchema,
  emptyRequestSchema,
  lockRoomRequestSchema,
  type ModerationRequests,
  participantRequestSchema,
  setRelayOnlyRequestSchema,
} from '@rivero/api';
import type { MonotonicMs } from '@rivero/core';
import type { Seat } from '../rooms/room-registry.ts';
import type { RoomService } from '../rooms/room-service.ts';
import { parseRequest, type RequestHandlers } from './request-handlers.ts';

export interface ModerationRequestsOptions {
  readonly rooms: RoomService;
  /** Of who asks. Refused: `not-in-room`. */
  readonly seat: () => Seat;
  readonly now: () => MonotonicMs;
}

/** What only hosts may ask. */
export function moderationRequests({
  rooms: { moderation },
  seat,
  now,
}: ModerationRequestsOptions): Pick<RequestHandlers, keyof ModerationRequests> {
  return {
    'lock-room': (request) => {
      moderation.lockRoom(seat(), parseRequest(lockRoomRequestSchema, request).locked);
      return null;
    },
    'set-relay-only': (request) => {
      moderation.setRelayOnly(seat(), parseRequest(setRelayOnlyRequestSchema, request).relayOnly);
      return null;
    },
    'remove-participant': (request) => {
      moderation.removeParticipant(seat(), parseRequest(participantRequestSchema, request).participantId);
      return null;
    },
    'ask-to-mute': (request) => {
      const mine = seat();
      const { participantId, source } = parseRequest(askToMuteRequestSchema, request);
      moderation.askToMute(mine, participantId, source, now());
      return null;
    },
    'lower-hand': (request) => {
      moderation.lowerHand(seat(), parseRequest(participantRequestSchema, request).participantId);
      return null;
    },
    'lower-all-hands': (request) => {
      const mine = seat();
      parseRequest(emptyRequestSchema, request);
      moderation.lowerAllHands(mine);
      return null;
    },
    'end-room': (request) => {
      const mine = seat();
      parseRequest(emptyRequestSchema, request);
      moderation.endRoom(mine);
      return null;
    },
  };
}
