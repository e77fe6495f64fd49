export { LoadPeer, type LoadRole } from './load/load-peer.ts';
export { type LoadHandler, LoadPeers, type LoadPeersOptions } from './load/load-peers.ts';
export { type LoadConnector, type LoadedEngine, LoadRoom } from './load/load-room.ts';
export { FrameJudge, type FrameVerdict } from './media/frame-judge.ts';
export { type FrameMark, readFrameMark, SyntheticVideo } from './media/synthetic-video.ts';
export { ReceivedVideo, SentVideo } from './peer/headless-media.ts';
export { HeadlessPeer, type HeadlessPeerOptions, sentMid, sentSoundMid } from './peer/headless-peer.ts';
export { SentSound } from './peer/sent-sound.ts';
export { SeededRandom } from './seeded-random.ts';
export {
  type HostLinks,
  type LinkConditions,
  type NetworkStatistics,
  type Outage,
  SimulatedNetwork,
} from './simulated-network.ts';
export { plainEndpointSettings, type SimulatedEndpoint, SimulatedEndpoints } from './simulated-endpoints.ts';
export { type SimulatedPeer, SimulatedRoom } from './simulated-room.ts';
export { Simulation } from './simulation.ts';
export { SimulatedNat, type SimulatedNatOptions } from './turn/simulated-nat.ts';
export { SimulatedTurnClient, type SimulatedTurnClientOptions } from './turn/simulated-turn-client.ts';
export { SimulatedTurnServer, type SimulatedTurnServerOptions, turnPort } from './turn/simulated-turn-server.ts';
