import type { CryptoKey } from '@rivero/protocol/sdp';
import type { TransportAddress } from '@rivero/core';
import type { EndpointSection } from '../endpoint/endpoint-section.ts';

/** Keys in the descriptions (RFC 4568); ours never changes, so that no index is sealed twice under it. */
export interface RtpKeys {
  readonly local: CryptoKey;
  readonly remote: CryptoKey;
}

/** The one section of a kind that an RTP endpoint uses, as the negotiation fixed it. */
export interface RtpSection extends EndpointSection {
  /** Where the remote side receives; `undefined`: it names a host, which we do not look up, or nothing. */
  readonly remote: {
    readonly rtp: TransportAddress | undefined;
    readonly rtcp: TransportAddress | undefined;
    readonly rtcpMux: boolean;
  };
  /** Left out: not encrypted. */
  readonly keys?: RtpKeys;
}
