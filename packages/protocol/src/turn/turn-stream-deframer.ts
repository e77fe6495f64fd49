import { stunHeaderLength } from '../stun/index.ts';
import { channelHeaderLength, isChannelData } from './channel-data.ts';

/** Longest message of a connection. */
export const turnMessageLengthMax = 4_096;

export type TurnStreamDefect = 'message-too-long' | 'not-turn';

/**
 * Cuts a connection's bytes into STUN messages and ChannelData (RFC 8656 section 12.5: padded to multiples of 4). After a
 * defect the connection is to be closed.
 */
export class TurnStreamDeframer {
  #pending = new Uint8Array(0);
  #defect: TurnStreamDefect | undefined;

  /** The messages that the chunk completes: views into it, or into a copy where one began in an earlier chunk. */
  handleChunk(chunk: Uint8Array): readonly Uint8Array[] | TurnStreamDefect {
    if (this.#defect !== undefined) return this.#defect;
    const bytes = this.#pending.length === 0 ? chunk : joined(this.#pending, chunk);
    const messages: Uint8Array[] = [];
    let offset = 0;
    while (offset + channelHeaderLength <= bytes.length) {
      const length = messageLength(bytes, offset);
      if (typeof length === 'string') return this.#fail(length);
      if (offset + length > bytes.length) break;
      messages.push(bytes.subarray(offset, offset + length));
      offset += length;
    }
    // Not slice(): of a Buffer that would be a view, and the whole chunk would stay.
    this.#pending = new Uint8Array(bytes.subarray(offset));
    return messages;
  }

  #fail(defect: TurnStreamDefect): TurnStreamDefect {
    this.#defect = defect;
    this.#pending = new Uint8Array(0);
    return defect;
  }
}

/** With header and padding. */
function messageLength(bytes: Uint8Array, offset: number): number | TurnStreamDefect {
  const first = bytes[offset];
  const told = (bytes[offset + 2] << 8) | bytes[offset + 3];
  if (first > 3 && !isChannelData(first)) return 'not-turn';
  const length = first <= 3 ? stunHeaderLength + told : channelHeaderLength + ((told + 3) & ~3);
  return length > turnMessageLengthMax ? 'message-too-long' : length;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
