import { CodedError, formatTransportAddress } from '@rivero/core';
import type { RelayFailure } from '@rivero/transport';
import type { TurnServer } from '../../endpoint-contract.ts';

/** Why there is no relay. */
export type TurnRefusalCause = RelayFailure | { readonly type: 'unknown-host' } | { readonly type: 'too-many' };

/** What to do about a TURN server that does not relay. Neither user nor password is told. */
export function turnRefusal({ host, port, transport }: TurnServer, cause: TurnRefusalCause): CodedError {
  const server = `${formatTransportAddress({ ip: host, port })} (${transport})`;
  switch (cause.type) {
    case 'refused':
      return refusedWith(cause.code, server);
    case 'lost':
      return new CodedError(
        'turn-lost',
        `The TURN server ${server} relays no longer${cause.code === undefined ? ', it is away' : ` (${cause.code})`}; gather candidates and restart ICE.`,
        { server },
      );
    case 'unknown-host':
      return new CodedError(
        'turn-unreachable',
        `There is no address of the TURN server ${server}; check its name and port.`,
        {
          server,
        },
      );
    case 'no-answer':
    case 'unreachable':
      return new CodedError(
        'turn-unreachable',
        `The TURN server ${server} cannot be reached${cause.type === 'unreachable' ? `: ${cause.cause}` : ', it does not answer'}; check its address, port and transport, and the firewall between.`,
        { server },
      );
    case 'bad-answer':
      return refusedWith(undefined, server);
    case 'too-many':
      return new CodedError(
        'turn-relays-used-up',
        'This media worker has as many relayed addresses as it can hold; use more media workers.',
      );
  }
}

function refusedWith(code: number | undefined, server: string): CodedError {
  if (code === 401 || code === 441) {
    return new CodedError(
      'turn-unauthorized',
      `The TURN server ${server} does not take the user and password (${code}); set others.`,
      { server },
    );
  }
  if (code === 486 || code === 508) {
    return new CodedError(
      'turn-quota-reached',
      `The TURN server ${server} gives no more addresses (${code}); raise its quotas or its range of ports.`,
      { server },
    );
  }
  return new CodedError(
    'turn-refused',
    `The TURN server ${server} gives no address (${code ?? 'its answer has none'}); see its log.`,
    { server },
  );
}
