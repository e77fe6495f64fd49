import type { DtlsCloseReason } from '@rivero/protocol/dtls';

/**
 * `connecting` until ICE and DTLS are through; `disconnected` when nothing valid came for 10 s; `failed` for good when
 * consent ran out or DTLS was refused or ended; `closed` by us.
 */
export type SessionState = 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

/** Why a session failed. */
export type SessionFailure = 'consent-expired' | 'too-many-sessions' | 'broken-invariant' | DtlsCloseReason;
