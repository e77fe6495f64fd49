/** What a request can be refused with, and the reason phrases (RFC 8489 section 14.8, RFC 8656 section 19, RFC 6062 section 6.3). */
export const turnErrors = {
  400: 'Bad Request',
  401: 'Unauthenticated',
  403: 'Forbidden',
  420: 'Unknown Attribute',
  437: 'Allocation Mismatch',
  438: 'Stale Nonce',
  440: 'Address Family not Supported',
  441: 'Wrong Credentials',
  442: 'Unsupported Transport Protocol',
  443: 'Peer Address Family Mismatch',
  446: 'Connection Already Exists',
  447: 'Connection Timeout or Failure',
  486: 'Allocation Quota Reached',
  508: 'Insufficient Capacity',
} as const;

export type TurnErrorCode = keyof typeof turnErrors;
