export {
  type Datapath,
  type DatapathCounter,
  datapathCounters,
  type PathEnds,
  type SessionKeys,
  type StreamOptions,
  type StreamPath,
  type Traffic,
  type TrafficCount,
} from './contract.ts';
export { openUdpSockets, type UdpSockets } from './node-udp.ts';
export { type DatagramPort, unboundPathsMax } from './twin/path-table.ts';
export { TwinDatapath, type TwinOptions } from './twin/twin-datapath.ts';
