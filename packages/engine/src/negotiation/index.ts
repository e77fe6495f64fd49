export type { ReceivedParameters, SentParameters, WantedTrack } from './media-parameters.ts';
export { type Negotiation, type NegotiationRequest, Negotiator } from './negotiator.ts';
