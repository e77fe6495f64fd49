import type { PathHandle, RandomBytes, TransportAddress } from '@rivero/core';
import type { AttributeToSend, IntegrityAlgorithm } from '../../stun/index.ts';
import { attributeType, serializeStunMessage } from '../../stun/index.ts';
import type { IceCredentials, IceOutput } from '../index.ts';

export const server: IceCredentials = { ufrag: 'server01', pwd: 'passwordOfTheServer00001' };
export const peer: IceCredentials = { ufrag: 'peer', pwd: 'passwordOfThePeer0000002' };
export const address: TransportAddress = { ip: '192.0.2.7', port: 40_007 };

export function pathOf(number: number): PathHandle {
  return number as PathHandle;
}

/** A different sequence for each seed, the same each time (xorshift). */
export function seeded(seed: number): RandomBytes {
  let state = (seed * 0x9e3779b1) | 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    });
}

export function drain(agent: { pollOutput(): IceOutput | undefined }): IceOutput[] {
  const outputs: IceOutput[] = [];
  for (let output = agent.pollOutput(); output !== undefined; output = agent.pollOutput()) outputs.push(output);
  return outputs;
}

export interface CheckOptions {
  readonly from?: IceCredentials;
  readonly to?: IceCredentials;
  /** Instead of the password of `to`. */
  readonly pwd?: string;
  readonly username?: string | undefined;
  readonly nominates?: boolean;
  readonly role?: 'controlling' | 'controlled' | 'none';
  readonly integrity?: IntegrityAlgorithm | 'none';
  readonly fingerprint?: boolean;
  readonly class?: 'request' | 'indication' | 'success' | 'error';
  readonly more?: readonly AttributeToSend[];
  readonly transactionId?: Uint8Array;
}

const encoder = new TextEncoder();

let transactions = 0;

/** Another one each time, as agents do. */
function nextTransactionId(): Uint8Array {
  const id = new Uint8Array(12);
  new DataView(id.buffer).setUint32(0, transactions++);
  return id;
}

/** A check as a browser sends it, but for what the options say. */
export function check(options: CheckOptions = {}): Uint8Array {
  const { from = peer, to = server, role = 'controlling', integrity = 'sha1' } = options;
  const username = 'username' in options ? options.username : `${to.ufrag}:${from.ufrag}`;
  const roleType = role === 'controlling' ? attributeType.iceControlling : attributeType.iceControlled;
  return serializeStunMessage({
    method: 'binding',
    class: options.class ?? 'request',
    transactionId: options.transactionId ?? nextTransactionId(),
    attributes: [
      ...(username === undefined ? [] : [{ type: attributeType.username, value: encoder.encode(username) }]),
      ...(role === 'none' ? [] : [{ type: roleType, value: new Uint8Array(8).fill(1) }]),
      ...(options.nominates === true ? [{ type: attributeType.useCandidate, value: new Uint8Array(0) }] : []),
      { type: attributeType.priority, value: Uint8Array.of(0x6e, 0, 1, 0xff) },
      ...(options.more ?? []),
    ],
    ...(integrity === 'none'
      ? {}
      : { integrity: { key: encoder.encode(options.pwd ?? to.pwd), algorithm: integrity } }),
    fingerprint: options.fingerprint ?? true,
  });
}
