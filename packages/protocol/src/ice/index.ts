export { readLocalUfrag } from './binding-message.ts';
export { type IceAgent, iceCounters, type IceOutput, type IceState } from './ice-agent.ts';
export { hostCandidates, type HostCandidateOptions } from './host-candidates.ts';
export {
  type CandidateDefect,
  candidatePriority,
  type CandidateType,
  type IceCandidate,
  parseCandidate,
  serializeCandidate,
  type TcpType,
} from './ice-candidate.ts';
export { type ControllingOptions, IceControllingAgent } from './ice-controlling-agent.ts';
export { generateIceCredentials, type IceCredentials } from './ice-credentials.ts';
export { IceLiteAgent, pathsMax } from './ice-lite-agent.ts';
export { frame, frameLengthMax, StreamDeframer } from './stream-framing.ts';
