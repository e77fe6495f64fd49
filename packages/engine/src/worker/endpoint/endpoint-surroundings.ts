import type { MediaPlaneOptions } from '../media-plane-options.ts';
import type { EndpointSurroundings, RtpSurroundings } from './room-endpoints.ts';

/** What the endpoints of one room need of their worker. */
export function endpointSurroundings(
  options: MediaPlaneOptions,
  own: Pick<EndpointSurroundings, 'transport' | 'sessions'> & Pick<RtpSurroundings, 'rtpSessions'>,
): EndpointSurroundings {
  const { datapath, random, certificate, candidates, endpointCertificate, endpointCandidates, rtp, servers } = options;
  const { transport, sessions, rtpSessions } = own;
  return {
    ...(rtp === undefined ? {} : { rtp: { ...rtp, datapath, rtpSessions } }),
    ...(servers === undefined ? {} : { servers: servers.surroundings }),
    random,
    transport,
    certificate: endpointCertificate ?? (() => certificate),
    candidates: endpointCandidates ?? (() => candidates),
    sessions,
  };
}
