import { CodedError } from '@rivero/core';
import type { IceError } from './ice-errors.ts';
import { hasRelay, type IceSettings } from './ice-settings.ts';

/** Why no media gets through, as far as it is known. */
export function mediaProblem({ iceServers, iceTransportPolicy }: IceSettings, errors: readonly IceError[]): CodedError {
  if (iceTransportPolicy === 'all') {
    return new CodedError(
      'media-blocked',
      'No media gets through to the server: its media port is blocked for UDP and TCP.',
    );
  }
  if (!hasRelay(iceServers)) {
    return new CodedError('relay-unreachable', 'Media may go through a relay only, and this server has none.');
  }
  const codes = [...new Set(errors.map(({ code }) => code))].join(', ');
  return new CodedError(
    'relay-unreachable',
    `Media may go through a relay only, and none was reached (ICE errors: ${codes === '' ? 'none, no answer' : codes}).`,
    { codes },
  );
}
