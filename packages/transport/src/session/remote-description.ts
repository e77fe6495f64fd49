import type { Fingerprint } from '@rivero/protocol/dtls';
import type { IceCredentials } from '@rivero/protocol/ice';

/** What the peer's description says about its side. */
export interface RemoteDescription {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  /** Our DTLS role. */
  readonly dtlsRole: 'client' | 'server';
  /** Our ICE role. `controlling` when the peer is the lite one; left out: `lite`. The first description decides. */
  readonly iceRole?: 'controlling' | 'lite';
}
