export { type Driven, Driver, monotonicNow } from './driver.ts';
export { HostNames } from './host-names.ts';
export { localAddresses, localAddressesMax } from './local-addresses.ts';
export {
  type ReflexiveAddress,
  ReflexiveAddresses,
  type ReflexiveAddressesOptions,
  reflexiveCounters,
} from './reflexive-addresses.ts';
export { type Relay, type RelayFailure, type RelayHandlers } from './relay/relay.ts';
export type { RelayServer, RelayTransport } from './relay/relay-server.ts';
export { Relays, relaysMax, type RelaysOptions } from './relay/relays.ts';
export { resolveHost } from './resolve-host.ts';
export { NatPunches, punchCounters } from './nat-punches.ts';
export { remoteCandidatesMax } from './session/remote-candidates.ts';
export type { RemoteDescription } from './session/remote-description.ts';
export type { SelectedPair } from './session/selected-pair.ts';
export type { SessionDtlsState, SessionFailure, SessionIceState, SessionState } from './session/session-state.ts';
export { type SessionOptions, TransportSession } from './session/transport-session.ts';
export { connectionsMax, connectionsOfOneMax, TcpListener, type TcpListenerOptions } from './tcp-listener.ts';
export {
  Transport,
  type TransportEvent,
  type TransportHandlers,
  type TransportOptions,
  transportSessionsMax,
} from './transport.ts';
