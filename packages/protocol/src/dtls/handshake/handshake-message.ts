/** One handshake message, whole. */
export interface HandshakeMessage {
  readonly type: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

export const handshakeHeaderLength = 12;

/**
 * A fragment of a message with its header; the whole message when offset is 0 and the fragment is the body.
 *
 *     | msg_type (8) | length (24) | message_seq (16) | fragment_offset (24) | fragment_length (24) | fragment ...
 *
 * Source: RFC 6347 section 4.2.2.
 */
export function serializeFragment(message: HandshakeMessage, offset: number, length: number): Uint8Array {
  const { type, sequence, body } = message;
  const bytes = new Uint8Array(handshakeHeaderLength + length);
  bytes[0] = type;
  setUint24(bytes, 1, body.length);
  bytes[4] = sequence >> 8;
  bytes[5] = sequence;
  setUint24(bytes, 6, offset);
  setUint24(bytes, 9, length);
  bytes.set(body.subarray(offset, offset + length), handshakeHeaderLength);
  return bytes;
}

/** The message as it enters the transcript: as if it had not been fragmented (RFC 6347 section 4.2.6). */
export function serializeWhole(message: HandshakeMessage): Uint8Array {
  return serializeFragment(message, 0, message.body.length);
}

function setUint24(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >> 16;
  bytes[offset + 1] = value >> 8;
  bytes[offset + 2] = value;
}
