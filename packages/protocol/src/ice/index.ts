export { readLocalUfrag } from './binding-message.ts';
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
export { iceCounters, IceLiteAgent, type IceOutput, type IceState, pathsMax } from './ice-lite-agent.ts';
export { frame, frameLengthMax, StreamDeframer } from './stream-framing.ts';
