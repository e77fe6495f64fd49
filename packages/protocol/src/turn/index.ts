export { channelHeader, serializeChannelData } from './channel-data.ts';
export { type LongTermUser } from './long-term-credentials.ts';
export { type RelayPeer, relayPeersMax } from './relay-peers.ts';
export {
  type RelayedPacket,
  TurnClient,
  type TurnClientCounter,
  turnClientCounters,
  type TurnClientOptions,
  type TurnEvent,
} from './turn-client.ts';
export type { TurnFailure } from './turn-failure.ts';
export { TurnStreamDeframer } from './turn-stream-deframer.ts';
