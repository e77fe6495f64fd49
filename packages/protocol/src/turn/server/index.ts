export { PeerPolicy, type PeerPolicyOptions, type PeerRefusal } from './peer-policy.ts';
export { timeLimitedUser, TurnAccounts, type TurnAccountsOptions } from './turn-accounts.ts';
export {
  type AddressFamily,
  type ClientTransport,
  clientTransport,
  type ConnectionId,
  familyOf,
  type ListenerId,
  type PeerDataConnectionId,
  type RelayId,
  type TurnPath,
} from './turn-path.ts';
export { turnDropReasons, turnServerCounters } from './turn-server-counters.ts';
export { type TcpRelays, type TurnServerLimits, turnServerLimits } from './turn-server-limits.ts';
export type { AllocationEnd, RelayPort, TurnOutput, TurnServerEvent, TurnSink } from './turn-server-output.ts';
export { TurnServer, type TurnServerOptions } from './turn-server.ts';
