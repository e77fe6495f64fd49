import type { Fingerprint } from '@rivero/protocol/dtls';
import type { IceCredentials } from '@rivero/protocol/ice';
import type { Direction, MediaSection } from '@rivero/protocol/sdp';

const reversed: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** An answered section: the first codec that was offered, and what is sent of its kind. */
export function answerSection(
  offered: MediaSection,
  sent: { readonly kind: string; readonly cname: string; readonly ssrcs: readonly number[] },
  transport: { readonly ice: IceCredentials; readonly fingerprint: Fingerprint },
): MediaSection {
  const { cname, ssrcs } = sent;
  return {
    ...offered,
    direction: reversed[offered.direction],
    codecs: offered.codecs.slice(0, 1),
    ssrcs,
    ssrcGroups: ssrcs.length === 2 ? [{ semantics: 'FID', ssrcs }] : [],
    cname,
    msid: { stream: 'own', track: `${cname}-${sent.kind}` },
    ice: transport.ice,
    fingerprints: [transport.fingerprint],
    setup: 'active',
    candidates: [],
    isEndOfCandidates: true,
  };
}
