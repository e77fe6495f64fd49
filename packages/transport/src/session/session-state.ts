import type { DtlsCloseReason } from '@rivero/protocol/dtls';
import type { IceState } from '@rivero/protocol/ice';

/**
 * `connecting` until ICE and DTLS are through; `disconnected` when nothing valid came for 10 s; `failed` for good when
 * consent ran out or DTLS was refused or ended; `closed` by us.
 */
export type SessionState = 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

/** The half of ICE; `connecting` from the first check on. */
export type SessionIceState = 'connecting' | 'connected' | 'disconnected' | 'failed';

/** The half of DTLS; `connecting` from the first selected path on, `closed` by either side, `failed` by an alert or for want of trust. */
export type SessionDtlsState = 'new' | 'connecting' | 'connected' | 'failed' | 'closed';

/** Why a session failed. */
export type SessionFailure = 'consent-expired' | 'too-many-sessions' | 'broken-invariant' | DtlsCloseReason;

/** What others are told of the agent's state; nothing before the first check. */
export function sessionIceState(state: IceState): SessionIceState | undefined {
  switch (state) {
    case 'new':
      return undefined;
    case 'checking':
      return 'connecting';
    case 'connected':
    case 'disconnected':
    case 'failed':
      return state;
  }
}

/** What the end of an association is to others. */
export function endedDtlsState(reason: DtlsCloseReason): 'failed' | 'closed' {
  return reason === 'closed' || reason === 'close-notify' ? 'closed' : 'failed';
}
