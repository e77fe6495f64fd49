import { describe, expect, it } from 'vitest';
import { iceErrorReason } from './ice-error.ts';

const udp = 'turn:turn.example:3478?transport=udp';
const tcp = 'turn:turn.example:3478?transport=tcp';
const tls = 'turns:turn.example:5349?transport=tcp';

describe('an error of a STUN or TURN server', () => {
  it.each([
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
    [600, 'global-failure'],
    [699, 'global-failure'],
    [599, 'other'],
    [702, 'other'],
  ] as const)('%i is %s', (code, reason) => {
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
