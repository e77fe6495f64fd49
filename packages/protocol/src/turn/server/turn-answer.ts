import {
  type AttributeToSend,
  attributeType,
  findAttribute,
  type IntegrityAlgorithm,
  serializeErrorCode,
  serializeStunMessage,
  type StunMessage,
  type StunMethod,
} from '../../stun/index.ts';
import { type TurnErrorCode, turnErrors } from './turn-error.ts';

export type FinalAnswer =
  | { readonly type: 'success'; readonly attributes: readonly AttributeToSend[] }
  | {
      readonly type: 'error';
      readonly code: TurnErrorCode;
      /** Left out: what the RFC calls the code. */
      readonly reason?: string;
      readonly attributes?: readonly AttributeToSend[];
    };

/** What a request is answered with. */
export type TurnAnswer =
  | FinalAnswer
  /** Answered when it is known. */
  | { readonly type: 'later' }
  /** As it was answered before. */
  | { readonly type: 'again'; readonly bytes: Uint8Array };

/** What an answer repeats of its request; a copy, which outlives the message. */
export interface Question {
  readonly method: StunMethod;
  readonly transactionId: Uint8Array;
  readonly hasFingerprint: boolean;
}

export interface AnswerOptions {
  /** What protects it; none where the sender proved nothing. */
  readonly integrity?: { readonly key: Uint8Array; readonly algorithm: IntegrityAlgorithm };
  /** Error codes go without words, so that an answer to a stranger is small. */
  readonly isTerse?: boolean;
}

export function refused(code: TurnErrorCode, reason: string = turnErrors[code]): FinalAnswer {
  return { type: 'error', code, reason };
}

export function accepted(...attributes: readonly AttributeToSend[]): FinalAnswer {
  return { type: 'success', attributes };
}

export function questionOf(message: StunMessage): Question {
  return {
    method: message.method,
    transactionId: Uint8Array.from(message.transactionId),
    hasFingerprint: findAttribute(message, attributeType.fingerprint) !== undefined,
  };
}

/** With FINGERPRINT when the request had one (RFC 8489 section 6.3). */
export function serializeAnswer(
  question: Question,
  answer: FinalAnswer,
  { integrity, isTerse = false }: AnswerOptions,
): Uint8Array {
  return serializeStunMessage({
    method: question.method,
    class: answer.type,
    transactionId: question.transactionId,
    attributes: answer.type === 'success' ? answer.attributes : errorAttributes(answer, isTerse),
    ...(integrity === undefined ? {} : { integrity }),
    fingerprint: question.hasFingerprint,
  });
}

function errorAttributes(
  { code, reason = turnErrors[code], attributes = [] }: Extract<FinalAnswer, { type: 'error' }>,
  isTerse: boolean,
): readonly AttributeToSend[] {
  const value = serializeErrorCode({ code, reason: isTerse ? '' : reason });
  return [{ type: attributeType.errorCode, value }, ...attributes];
}

/** UNKNOWN-ATTRIBUTES (RFC 8489 section 14.9). */
export function unknownAttributes(types: readonly number[]): AttributeToSend {
  const value = Uint8Array.from(types.flatMap((type) => [type >> 8, type & 0xff]));
  return { type: attributeType.unknownAttributes, value };
}
