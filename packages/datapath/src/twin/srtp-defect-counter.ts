import type { SrtpDefect } from '@rivero/protocol/srtp';
import type { DatapathCounter } from '../contract.ts';

/** What a packet counts as that could not be opened. */
export function receiveDefectCounter(defect: SrtpDefect): DatapathCounter {
  switch (defect) {
    case 'truncated':
      return 'receive-truncated';
    case 'replayed':
      return 'receive-replayed';
    case 'authentication-failed':
      return 'receive-authentication-failed';
    case 'too-many-streams':
      return 'receive-too-many-streams';
    case 'index-exhausted':
      return 'receive-index-exhausted';
    case 'malformed':
    case 'index-reused':
    case 'resend-differs':
    case 'no-room':
      return 'receive-malformed';
  }
}

/** What a packet counts as that could not be sealed. */
export function sendDefectCounter(defect: SrtpDefect): DatapathCounter {
  switch (defect) {
    case 'index-reused':
    case 'replayed':
      return 'send-index-reused';
    case 'resend-differs':
      return 'send-resend-differs';
    case 'index-exhausted':
      return 'send-index-exhausted';
    case 'too-many-streams':
      return 'send-too-many-streams';
    case 'truncated':
    case 'malformed':
    case 'authentication-failed':
    case 'no-room':
      return 'send-too-long';
  }
}
