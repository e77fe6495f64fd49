import type { PathHandle, SessionHandle } from '@rivero/core';
import type { SessionDtlsState, SessionFailure, SessionIceState, SessionState } from './session-state.ts';

/** What a session tells the transport that owns it. */
export interface SessionEvents {
  readonly onState: (state: SessionState, failure?: SessionFailure) => void;
  readonly onIceState: (state: SessionIceState) => void;
  readonly onDtlsState: (state: SessionDtlsState) => void;
  readonly onPairSelected: () => void;
  /** SRTP keys are there. */
  readonly onConnected: (handle: SessionHandle) => void;
  /** They are gone again. */
  readonly onReleased: (handle: SessionHandle) => void;
  /** This session would check the path; false when it is another's. */
  readonly onClaimed: (path: PathHandle) => boolean;
  readonly onValidated: (path: PathHandle) => void;
  readonly onForgotten: (path: PathHandle) => void;
  /** Another username fragment of ours leads here from now on. */
  readonly onUfrag: (ufrag: string) => void;
}
