export type { RelayAddress } from './relay-address.ts';
export { type TurnCertificate, TurnService, type TurnServiceOptions } from './turn-service.ts';
