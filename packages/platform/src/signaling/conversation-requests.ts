import { reactRequestSchema, sendChatRequestSchema, setHandRequestSchema } from '@rivero/api';
import type { WallClockMs } from '@rivero/core';
import type { Seat } from '../rooms/room-registry.ts';
import type { RoomService } from '../rooms/room-service.ts';
import { parseRequest, type RequestHandlers } from './request-handlers.ts';

export interface ConversationRequestsOptions {
  readonly rooms: RoomService;
  /** Of who asks. Refused: `not-in-room`. */
  readonly seat: () => Seat;
  readonly wallNow: () => WallClockMs;
}

/** Chat, reactions and raised hands. */
export function conversationRequests({
  rooms: { conversation },
  seat,
  wallNow,
}: ConversationRequestsOptions): Pick<RequestHandlers, 'send-chat' | 'react' | 'set-hand'> {
  return {
    'send-chat': (request) => {
      const mine = seat();
      const { text } = parseRequest(sendChatRequestSchema, request);
      const { messageId, at } = conversation.sendChat(mine, text, wallNow());
      return { messageId, at };
    },
    react: (request) => {
      conversation.react(seat(), parseRequest(reactRequestSchema, request).reaction);
      return null;
    },
    'set-hand': (request) => {
      const mine = seat();
      const { raised } = parseRequest(setHandRequestSchema, request);
      return { handRaisedAt: conversation.setHand(mine, raised, wallNow()) };
    },
  };
}
