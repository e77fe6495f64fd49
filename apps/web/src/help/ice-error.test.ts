import { describe, expect, it } from 'vitest';
import { iceErrorReason } from './ice-error.ts';

const udp = 'turn:turn.example:3478?transport=udp';
const tcp = 'turn:turn.example:3478?transport=tcp';
const tls = 'turns:turn.example:5349?transport=tcp';

describe('an error of a STUN or TURN server', () => {
  // The reason phrases of RFC 8489 section 14.8, RFC 8656 section 19 and RFC 6062 section 6.3.
  it.each([
    [300, 'Try Alternate', 'try-alternate'],
    [400, 'Bad Request', 'bad-request'],
    [401, 'Unauthenticated', 'unauthorized'],
    [403, 'Forbidden', 'forbidden'],
    [420, 'Unknown Attribute', 'unknown-attribute'],
    [437, 'Allocation Mismatch', 'allocation-mismatch'],
    [438, 'Stale Nonce', 'stale-nonce'],
    [440, 'Address Family not Supported', 'family-unsupported'],
    [441, 'Wrong Credentials', 'other-credentials'],
    [442, 'Unsupported Transport Protocol', 'transport-unsupported'],
    [443, 'Peer Address Family Mismatch', 'family-mismatch'],
    [446, 'Connection Already Exists', 'connection-exists'],
    [447, 'Connection Timeout or Failure', 'peer-not-reached'],
    [486, 'Allocation Quota Reached', 'quota-reached'],
    [500, 'Server Error', 'server-error'],
    [508, 'Insufficient Capacity', 'no-capacity'],
  ] as const)('%i, %s, is %s, whatever its text', (code, phrase, reason) => {
    for (const text of [phrase, '', 'something else']) expect(iceErrorReason({ code, text, url: udp })).toBe(reason);
  });

  it.each([
    ['silence of all time that it had', 0, 'no-answer'],
    ['the first of the class of global failures (RFC 3489 section 11.2.9)', 600, 'global-failure'],
    ['the last of them', 699, 'global-failure'],
    ['the code before them', 599, 'other'],
    ['one after that of browsers for no answer', 702, 'other'],
  ] as const)('%s, %i, is %s', (_what, code, reason) => {
    expect(iceErrorReason({ code, text: '', url: udp })).toBe(reason);
  });

  // What Chromium 156 and Firefox 140 said of servers made to fail so.
  it.each([
    ['Chromium', 'a name without an address', udp, 'TURN host lookup received error.', 'name-unknown'],
    ['Chromium', 'the same, by STUN', 'stun:turn.example:3478', 'STUN host lookup received error.', 'name-unknown'],
    ['Chromium', 'the same, over TCP', tcp, 'Failed to establish connection', 'connection-failed'],
    ['Chromium', 'a refused connection', tcp, 'Failed to establish connection', 'connection-failed'],
    ['Chromium', 'an untrusted certificate', tls, 'Failed to establish connection', 'tls-failed'],
    ['Chromium', 'silence', 'stun:turn.example:3478', 'STUN binding request timed out.', 'no-answer'],
    ['Chromium', 'silence', udp, 'TURN allocate request timed out.', 'no-answer'],
    [
      'Chromium',
      'one of several interfaces',
      tcp,
      'Address not associated with the desired network interface.',
      'other-interface',
    ],
    ['Firefox', 'silence', udp, '', 'not-reached'],
    ['Firefox', 'a refused connection', tcp, '', 'connection-failed'],
    ['Firefox', 'an untrusted certificate', tls, '', 'tls-failed'],
  ] as const)('701 of %s to %s (%s) is told by its words: %j', (_browser, _what, url, text, reason) => {
    expect(iceErrorReason({ code: 701, text, url })).toBe(reason);
  });

  it('is understood where browsers garble the code', () => {
    // Chromium 156, of a 401 and a 486 to a binding.
    expect(iceErrorReason({ code: 1, text: 'Unauthorized', url: 'stun:turn.example' })).toBe('unauthorized');
    expect(iceErrorReason({ code: 86, text: '', url: 'stun:turn.example' })).toBe('quota-reached');
    // Firefox 140, of a 500.
    expect(iceErrorReason({ code: 65_535, text: '', url: udp })).toBe('server-error');
  });
});
