import { CodedError } from '@rivero/core';
import type { IceCandidate } from '@rivero/protocol/ice';
import {
  type MediaSection,
  readSectionTransport,
  type RemoteTransport,
  type SessionDescription,
} from '@rivero/protocol/sdp';

/** What the remote description says about its side of the one transport. */
export interface RemoteEndpoint extends RemoteTransport {
  /** Its agent is lite: ours has to check and to nominate. */
  readonly isLite: boolean;
  readonly candidates: readonly IceCandidate[];
}

/**
 * The transport of the sections that both sides use, of which there is at least one. Refused are descriptions that have
 * more than one transport for them; one section alone is its own bundle.
 */
export function readRemoteEndpoint(description: SessionDescription, used: readonly MediaSection[]): RemoteEndpoint {
  // The section that the group names first speaks for all (RFC 8843 section 7.2).
  const tagged = used.find(({ mid }) => mid === description.bundle[0]) ?? used[0];
  if (used.length > 1 && used.some(({ mid }) => !description.bundle.includes(mid))) {
    throw new CodedError('sdp-no-bundle', 'All sections must be in one BUNDLE group; use bundlePolicy "max-bundle".');
  }
  if (used.some(({ rtcpMux }) => !rtcpMux)) {
    throw new CodedError('sdp-no-rtcp-mux', 'Every section must have rtcp-mux; use rtcpMuxPolicy "require".');
  }
  const { setup, candidates } = tagged;
  return {
    ...readSectionTransport(tagged),
    // Whoever may, opens the association, so that we wait where we may choose (RFC 8842 section 5.2).
    dtlsRole: setup === 'passive' ? 'client' : 'server',
    isLite: description.iceLite,
    candidates,
  };
}

/**
 * What a later description says of the association that there is: whatever roles it allows, those of DTLS stay (RFC 8842
 * section 5.3). Another certificate would need another association, and is refused.
 */
export function continuedEndpoint(before: RemoteEndpoint | undefined, remote: RemoteEndpoint): RemoteEndpoint {
  if (before === undefined) return remote;
  const values = new Set(before.fingerprints.map(({ value }) => value));
  if (!remote.fingerprints.some(({ value }) => values.has(value))) {
    throw new CodedError(
      'sdp-certificate-changed',
      'A later description names another DTLS certificate than the first; a new connection needs a new endpoint.',
    );
  }
  return { ...remote, dtlsRole: before.dtlsRole, fingerprints: before.fingerprints };
}
