export { parseErrorCode, serializeErrorCode, type StunError } from './error-code.ts';
export { checkIntegrity, type IntegrityAlgorithm, type IntegrityResult } from './message-integrity.ts';
export { parseStunMessage } from './parse-stun-message.ts';
export { type AttributeToSend, type MessageToSend, serializeStunMessage } from './serialize-stun-message.ts';
export {
  attributeType,
  findAttribute,
  type RawAttribute,
  stunAttributesMax,
  type StunClass,
  type StunDefect,
  stunDefects,
  stunHeaderLength,
  type StunMessage,
  type StunMethod,
  turnAttributeType,
  unknownRequiredAttributes,
} from './stun-message.ts';
export { StunTransaction, transactionLifetime } from './stun-transaction.ts';
export {
  findXorAddress,
  parseAddress,
  parseXorAddress,
  serializeAddress,
  serializeXorAddress,
  xorAddressAttribute,
} from './xor-address.ts';
