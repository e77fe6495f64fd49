import type { MediaKind } from '@rivero/engine';

const kinds = ['audio', 'video'] as const;

/** Lines of a session description; those before the first section, and of each section (RFC 8866 section 5). */
function partsOf(sdp: string): readonly (readonly string[])[] {
  return sdp.split(/^(?=m=)/m).map((part) => part.split(/\r?\n/));
}

/**
 * What tells the client's peer connection from every other one: its session id and its certificates (RFC 8829 section
 * 5.2.1, RFC 8122 section 5). Two offers of one peer connection have one identity.
 */
export function identityOf(offer: string): string {
  const lines = offer.split(/\r?\n/);
  const session = lines.find((line) => line.startsWith('o='))?.split(' ')[1] ?? '';
  const fingerprints = lines.filter((line) => line.startsWith('a=fingerprint:'));
  return [session, ...new Set(fingerprints)].join('\n');
}

/** The kinds that our own answer says we receive. */
export function receivedKinds(answer: string): ReadonlySet<MediaKind> {
  const [, ...sections] = partsOf(answer);
  const received = sections.filter(
    ([media = '', ...lines]) =>
      media.split(' ')[1] !== '0' && lines.some((line) => line === 'a=recvonly' || line === 'a=sendrecv'),
  );
  return new Set(kinds.filter((kind) => received.some(([media = '']) => media.startsWith(`m=${kind} `))));
}
