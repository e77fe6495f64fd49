export { type Driven, Driver, monotonicNow } from './driver.ts';
export { localAddresses, localAddressesMax } from './local-addresses.ts';
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
