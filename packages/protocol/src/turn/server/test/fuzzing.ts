import { assert } from '@rivero/core';
import type { StunMethod } from '../../../stun/index.ts';
import type { RelayId } from '../turn-path.ts';
import type { TurnWorld } from './turn-world.ts';

/** Of STUN, TURN and TCP relays; some have no requests. */
export const methods: readonly StunMethod[] = [
  'allocate',
  'refresh',
  'create-permission',
  'channel-bind',
  'connect',
  'connection-bind',
  'binding',
  'send',
  'data',
  'connection-attempt',
];

/** Of messages that repeat each other. */
export const transactionId = new Uint8Array(12).fill(3);

/** Told by all that the server ever put out; throws where one is closed twice. */
export function openRelays({ outputs, failed }: TurnWorld): ReadonlySet<RelayId> {
  const open = new Set<RelayId>();
  for (const output of outputs) {
    if (output.type === 'open-relay') open.add(output.relay);
    if (output.type === 'open-relay' && output.next !== undefined) open.add(output.next);
    if (output.type === 'close-relay') assert(open.delete(output.relay), 'a relay is open when it is closed');
  }
  for (const relay of failed) open.delete(relay);
  return open;
}
