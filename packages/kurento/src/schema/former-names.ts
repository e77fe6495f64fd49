import type { Json } from '../model.ts';
import { isRecord, type JsonRecord } from '../objects/arguments.ts';

/** Names of the API before 7.0 that applications still use, beside those of today. */

/** Events: what they were called, and what they are called now. */
export const formerEvents: ReadonlyMap<string, string> = new Map([
  ['MediaFlowInStateChange', 'MediaFlowInStateChanged'],
  ['MediaFlowOutStateChange', 'MediaFlowOutStateChanged'],
  ['MediaTranscodingStateChange', 'MediaTranscodingStateChanged'],
  ['OnIceCandidate', 'IceCandidateFound'],
  ['OnIceGatheringDone', 'IceGatheringDone'],
  ['OnIceComponentStateChanged', 'IceComponentStateChanged'],
  ['IceComponentStateChange', 'IceComponentStateChanged'],
  ['OnDataChannelOpened', 'DataChannelOpened'],
  ['DataChannelOpen', 'DataChannelOpened'],
  ['OnDataChannelClosed', 'DataChannelClosed'],
  ['DataChannelClose', 'DataChannelClosed'],
]);

/** Fields of records: the time of statistics, in seconds. */
export function formerFields({ timestampMillis }: JsonRecord): JsonRecord {
  return typeof timestampMillis === 'number' ? { timestamp: timestampMillis / 1000 } : {};
}

/** What is invoked when a client invokes an operation. */
export interface CurrentOperation {
  readonly operation: string;
  readonly params: Json | undefined;
  /** Of two that answer, the one to ask when the first has nothing. */
  readonly orIfEmpty?: string;
}

interface FormerOperation {
  readonly operation: string;
  /** What its one parameter was called, and what it is called now. */
  readonly parameter?: readonly [former: string, current: string];
}

/** Methods, and what gets and sets properties. */
const formerOperations: ReadonlyMap<string, FormerOperation> = new Map<string, FormerOperation>([
  ['getChilds', { operation: 'getChildren' }],
  ...formerProperty('outputBitrate', 'encoderBitrate'),
  ['setOutputBitrate', { operation: 'setEncoderBitrate', parameter: ['bitrate', 'encoderBitrate'] }],
  ...formerProperty('minOutputBitrate', 'minEncoderBitrate'),
  ...formerProperty('maxOutputBitrate', 'maxEncoderBitrate'),
  // As they were misspelled once.
  ...formerProperty('minOuputBitrate', 'minEncoderBitrate'),
  ...formerProperty('maxOuputBitrate', 'maxEncoderBitrate'),
]);

/** The operation of today that is meant by today's name or a former one, with its parameters by their names of today. */
export function currentOperation(asked: string, params: Json | undefined): CurrentOperation {
  // One address for both families, until there was one for each.
  if (asked === 'getExternalAddress') return { operation: 'getExternalIPv4', params, orIfEmpty: 'getExternalIPv6' };
  if (asked === 'setExternalAddress') return setExternalAddress(params);
  const former = formerOperations.get(asked);
  if (former === undefined) return { operation: asked, params };
  const [name, current] = former.parameter ?? [];
  if (name === undefined || current === undefined) return { operation: former.operation, params };
  const value = isRecord(params) ? params[name] : undefined;
  return { operation: former.operation, params: { [current]: value } };
}

function setExternalAddress(params: Json | undefined): CurrentOperation {
  const address = isRecord(params) ? params['externalAddress'] : undefined;
  const name = typeof address === 'string' && address.includes(':') ? 'externalIPv6' : 'externalIPv4';
  return { operation: `set${capitalized(name)}`, params: { [name]: address } };
}

function formerProperty(former: string, current: string): readonly (readonly [string, FormerOperation])[] {
  return [
    [`get${capitalized(former)}`, { operation: `get${capitalized(current)}` }],
    [`set${capitalized(former)}`, { operation: `set${capitalized(current)}`, parameter: [former, current] }],
  ];
}

/** As a property's name stands behind `get` and `set`. */
export function capitalized(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
