export {
  type DatagramPort,
  type Datapath,
  type DatapathCounter,
  datapathCounters,
  type PortPair,
  type PortProtection,
  type PortRemote,
  type PortSessionOptions,
  type RemoteKey,
  type PathEnds,
  type SessionKeys,
  type StreamOptions,
  type StreamPath,
  type Traffic,
  type TrafficCount,
} from './contract.ts';
export { openUdpSockets, type UdpSockets } from './udp-sockets.ts';
export { type OpenPortPair, PortPairs } from './port-pairs.ts';
export { unboundPathsMax } from './paths/path-table.ts';
export { sourceSilenceMax } from './paths/source-latch.ts';
export { TwinDatapath, type TwinOptions } from './twin/twin-datapath.ts';
export type { DatapathChoice } from './find-addon.ts';
export { openDatapath, type OpenedDatapath } from './open-datapath.ts';
export type { DatagramSocket, DatagramSockets } from './datagram-sockets.ts';
export { createDgramSocket } from './dgram-socket.ts';
export { openDatagramSockets } from './open-datagram-sockets.ts';
export type { SocketDatapath } from './socket-datapath.ts';
