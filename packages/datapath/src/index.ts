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
export { openUdpSockets, type UdpSockets } from './node-udp.ts';
export { type OpenPortPair, PortPairs, type PortRange } from './port-pairs.ts';
export { unboundPathsMax } from './twin/path-table.ts';
export { sourceSilenceMax } from './twin/source-latch.ts';
export { TwinDatapath, type TwinOptions } from './twin/twin-datapath.ts';
