export { isSame } from './is-same.ts';
export type { ReceivedParameters, SentParameters, WantedTrack } from './media-parameters.ts';
export { type Negotiation, Negotiator } from './negotiator.ts';
