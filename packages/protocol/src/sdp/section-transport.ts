import { CodedError } from '@rivero/core';
import type { Fingerprint } from '../dtls/index.ts';
import type { IceCredentials } from '../ice/index.ts';
import type { MediaSection } from './session-description.ts';

/** How the transport of one section is secured. */
export interface SectionTransport {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
}

/** What a section says about its transport; one that cannot be used is refused with the reason. */
export function readSectionTransport({ ice, fingerprints }: MediaSection): SectionTransport {
  if (ice === undefined || ice.ufrag.length < 4 || ice.pwd.length < 22) {
    throw new CodedError(
      'sdp-no-ice',
      'The description has no usable ICE credentials (RFC 8839: ufrag of 4, pwd of 22 characters).',
    );
  }
  if (fingerprints.length === 0) {
    throw new CodedError(
      'sdp-no-fingerprint',
      'The description has no certificate fingerprint; media without DTLS is not accepted.',
    );
  }
  return { ice, fingerprints };
}
