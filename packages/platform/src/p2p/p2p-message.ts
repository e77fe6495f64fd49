import { CodedError } from '@rivero/core';

/** A room or a person in the words of the client: some send numbers. It is told back as it came. */
export type P2pName = string | number;

/** What clients of the 1:1 protocol send (docs/protocols/p2p.md). */
export type P2pRequest =
  | { readonly cmd: 'join' | 'leave'; readonly roomId: P2pName; readonly uid: P2pName }
  | P2pRelayed
  /** Not of the protocol of existing clients. */
  | { readonly cmd: 'keeplive' | 'ice-servers' };

/** A message for the other one in the room, who is given it as it is. `msg` is JSON as a string. */
export interface P2pRelayed {
  readonly cmd: 'offer' | 'answer' | 'candidate';
  readonly roomId: P2pName;
  readonly uid: P2pName;
  readonly remoteUid: P2pName;
  readonly msg: string;
}

/** Characters of a name. */
export const p2pNameLengthMax = 128;

const commands = ['join', 'leave', 'offer', 'answer', 'candidate', 'keeplive', 'ice-servers'];

/** Reads one text frame; refused: `request-malformed`, with the field that is wrong. */
export function parseP2pRequest(text: string): P2pRequest {
  const message = parseObject(text);
  const { cmd } = message;
  switch (cmd) {
    case 'keeplive':
    case 'ice-servers':
      return { cmd };
    case 'join':
    case 'leave':
      return { cmd, roomId: nameOf(message, 'roomId'), uid: nameOf(message, 'uid') };
    case 'offer':
    case 'answer':
    case 'candidate': {
      const { msg } = message;
      if (typeof msg !== 'string') throw malformed('"msg" must be a string: the JSON text of what is to be relayed.');
      const [roomId, uid, remoteUid] = ['roomId', 'uid', 'remoteUid'].map((field) => nameOf(message, field));
      return { cmd, roomId, uid, remoteUid, msg };
    }
    default:
      throw malformed(`"cmd" must be one of ${commands.join(', ')}.`);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('A message must be one JSON object.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('A message must be one JSON object.');
  }
  return { ...value };
}

function nameOf(message: Readonly<Record<string, unknown>>, field: string): P2pName {
  const value = message[field];
  const isName =
    (typeof value === 'string' && value.length > 0 && value.length <= p2pNameLengthMax) || Number.isSafeInteger(value);
  if (!isName) throw malformed(`"${field}" must be a text of 1 to ${p2pNameLengthMax} characters, or a whole number.`);
  return value as P2pName;
}

function malformed(message: string): CodedError {
  return new CodedError('request-malformed', message);
}
