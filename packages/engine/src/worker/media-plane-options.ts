import type { RandomBytes } from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import type { DtlsCertificate } from '@rivero/protocol/dtls';
import type { IceCandidate } from '@rivero/protocol/ice';
import type { EndpointSettings } from '../endpoint-contract.ts';
import type { RtpSurroundings } from './endpoint/room-endpoints.ts';
import type { NatServers } from './nat-servers.ts';

/** What a media plane needs of its worker. */
export interface MediaPlaneOptions {
  readonly datapath: Datapath;
  readonly certificate: DtlsCertificate;
  readonly random: RandomBytes;
  readonly candidates: readonly IceCandidate[];
  /** Of endpoints; left out: the same as all others. */
  readonly endpointCertificate?: (type: 'rsa' | 'ecdsa') => DtlsCertificate;
  /** Left out: no endpoints without ICE. */
  readonly rtp?: Pick<RtpSurroundings, 'openPorts' | 'address'>;
  /** Left out: no STUN and TURN servers are asked. */
  readonly servers?: Pick<NatServers, 'surroundings' | 'handleResponse'>;
  readonly endpointCandidates?: (settings: EndpointSettings | undefined) => readonly IceCandidate[];
  /** Something came from another worker: `handleLinks` is to be called. Left out: there are no others. */
  readonly onLinked?: () => void;
}
