import { iceErrorReason, type IceErrorReason } from '../../help/ice-error.ts';
import type { RelayFailure } from './relay-failures.ts';

/** What is to be mended where no relay is reached: the way to it, its certificate, secret or limits, or what its log says. */
export type RelayRemedy = 'reach' | 'certificate' | 'secret' | 'limits' | 'log';

/** What comes first is tried first. */
const order: readonly RelayRemedy[] = ['reach', 'certificate', 'secret', 'limits', 'log'];

/** Against all else there is the log. */
const remedies: Partial<Readonly<Record<IceErrorReason, readonly RelayRemedy[]>>> = {
  'no-answer': ['reach'],
  'name-unknown': ['reach'],
  'connection-failed': ['reach'],
  'not-reached': ['reach'],
  'tls-failed': ['reach', 'certificate'],
  unauthorized: ['secret'],
  'other-credentials': ['secret'],
  'quota-reached': ['limits'],
  'no-capacity': ['limits'],
};

/** What helps against these failures. */
export function relayRemedies(failures: readonly RelayFailure[]): readonly RelayRemedy[] {
  const wanted = new Set(failures.flatMap(({ error }) => remedies[iceErrorReason(error)] ?? ['log' as const]));
  return order.filter((remedy) => wanted.has(remedy));
}

/** What whoever runs the server mends besides opening ports. */
export function serverRemedies(failures: readonly RelayFailure[]): readonly Exclude<RelayRemedy, 'reach'>[] {
  return relayRemedies(failures).flatMap((remedy) => (remedy === 'reach' ? [] : [remedy]));
}
