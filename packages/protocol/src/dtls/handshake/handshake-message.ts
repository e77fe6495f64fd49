import { ByteWriter } from '../byte-writer.ts';

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
  return new ByteWriter()
    .uint8(message.type)
    .uint24(message.body.length)
    .uint16(message.sequence)
    .uint24(offset)
    .uint24(length)
    .bytes(message.body.subarray(offset, offset + length))
    .finish();
}

/** The message as it enters the transcript: as if it had not been fragmented (RFC 6347 section 4.2.6). */
export function serializeWhole(message: HandshakeMessage): Uint8Array {
  return serializeFragment(message, 0, message.body.length);
}
