import type { Refusal } from '@rivero/api';
import type { EndpointDescription } from './client-endpoint.ts';

/** What a participant is told of its endpoints that came or went by themselves. */
export interface EndpointListener {
  /** Our offer of what that participant publishes, to be answered. */
  viewOffered(participantId: string, offer: EndpointDescription): void;
  /** That participant is received no more, or what was asked for does not come about; undefined: its own publication is no more. */
  endpointFailed(participantId: string | undefined, reason: Refusal): void;
  /** The engine lost them, all of them are closed: everything is to be offered and asked for anew. */
  endpointsLost(): void;
}
