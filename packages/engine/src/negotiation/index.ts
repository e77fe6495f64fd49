export { matchingCodec } from './endpoint/endpoint-codecs.ts';
export { EndpointNegotiator, type EndpointNegotiation } from './endpoint/endpoint-negotiator.ts';
export type { EndpointReceived, EndpointSection, EndpointSent } from './endpoint/endpoint-section.ts';
export { withCandidates } from './endpoint/local-description.ts';
export { type RtpLocal, type RtpNegotiation, RtpNegotiator } from './rtp/rtp-negotiator.ts';
export type { RtpKeys, RtpSection } from './rtp/rtp-section.ts';
export { isSame } from './is-same.ts';
export type { ReceivedParameters, SentParameters, WantedTrack } from './media-parameters.ts';
export { type Negotiation, Negotiator } from './negotiator.ts';
