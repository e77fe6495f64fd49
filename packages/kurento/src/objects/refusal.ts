import { CodedError } from '@rivero/core';
import { KurentoError, type KurentoErrorType } from '../kurento-error.ts';
import type { ObjectBody } from './kurento-object.ts';

/** What the engine says when what an object stands for is gone. */
const goneCodes: ReadonlySet<string> = new Set(['room-unknown', 'room-lost', 'endpoint-unknown']);

/** What it says when it has no place for more. */
const fullCodes: ReadonlySet<string> = new Set([
  'room-full',
  'worker-full',
  'worker-busy',
  'worker-lost',
  'rtp-ports-used-up',
  'too-many-tracks',
  'too-many-senders',
]);

/** What the client is told when an object of that id failed: the engine's refusals in Kurento's words, bugs as they are. */
export function refusalOf(error: unknown, objectId: string): unknown {
  if (error instanceof KurentoError || !(error instanceof CodedError)) return error;
  if (goneCodes.has(error.code)) return new KurentoError('MEDIA_OBJECT_NOT_FOUND', `Object '${objectId}' not found`);
  return new KurentoError(typeOf(error.code), error.message);
}

/** Closes what an object is made of; what the engine does not know any more is closed. */
export async function closeBody(body: ObjectBody): Promise<void> {
  try {
    await body.close?.();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
}

function typeOf(code: string): KurentoErrorType {
  if (code.startsWith('sdp-')) return 'SDP_PARSE_ERROR';
  if (fullCodes.has(code)) return 'NOT_ENOUGH_RESOURCES';
  return code.startsWith('candidate-') ? 'ICE_ADD_CANDIDATE_ERROR' : 'UNDEFINED';
}
