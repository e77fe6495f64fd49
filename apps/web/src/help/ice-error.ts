import type { IceError } from '@rivero/sdk';

export type { IceError } from '@rivero/sdk';

/** Why a STUN or TURN server gave no candidate, as far as there are words for it. */
export type IceErrorReason =
  | 'no-answer'
  | 'name-unknown'
  | 'connection-failed'
  | 'tls-failed'
  | 'other-interface'
  | 'not-reached'
  | 'try-alternate'
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'unknown-attribute'
  | 'allocation-mismatch'
  | 'stale-nonce'
  | 'family-unsupported'
  | 'other-credentials'
  | 'transport-unsupported'
  | 'family-mismatch'
  | 'connection-exists'
  | 'peer-not-reached'
  | 'quota-reached'
  | 'server-error'
  | 'no-capacity'
  | 'global-failure'
  | 'other';

/** RFC 8489 section 14.8, RFC 8656 section 19, RFC 6062 section 6.3. */
const reasons: ReadonlyMap<number, IceErrorReason> = new Map([
  [0, 'no-answer'],
  [300, 'try-alternate'],
  [400, 'bad-request'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [420, 'unknown-attribute'],
  [437, 'allocation-mismatch'],
  [438, 'stale-nonce'],
  [440, 'family-unsupported'],
  [441, 'other-credentials'],
  [442, 'transport-unsupported'],
  [443, 'family-mismatch'],
  [446, 'connection-exists'],
  [447, 'peer-not-reached'],
  [486, 'quota-reached'],
  [500, 'server-error'],
  [508, 'no-capacity'],
]);

/** W3C webrtc-pc section 4.8.2: no answer of the server. */
export const notReached = 701;

/** Firefox 140 says so instead of 500. */
const firefoxServerError = 65_535;

export function iceErrorReason({ code, text, url }: IceError): IceErrorReason {
  if (code === notReached) return notReachedReason(text, url);
  if (code === firefoxServerError) return 'server-error';
  // Of an error to a STUN binding, Chromium 156 says the last two digits alone.
  const full = code > 0 && code < 100 ? 400 + code : code;
  return reasons.get(full) ?? (full >= 600 && full < 700 ? 'global-failure' : 'other');
}

/** By the words of Chromium (p2p/base/stun_port.cc and turn_port.cc of libwebrtc), else by what the address leaves open. */
function notReachedReason(text: string, url: string): IceErrorReason {
  if (/host lookup/i.test(text)) return 'name-unknown';
  if (/timed out/i.test(text)) return 'no-answer';
  if (/network interface/i.test(text)) return 'other-interface';
  if (/^turns:/i.test(url)) return 'tls-failed';
  return /transport=tcp/i.test(url) ? 'connection-failed' : 'not-reached';
}
