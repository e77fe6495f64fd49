import { Counters } from '@rivero/core';
import { ByteReader } from '../byte-reader.ts';
import { type HandshakeMessage, handshakeHeaderLength } from './handshake-message.ts';

/** A certificate chain may be long; nothing else is. */
export const messageLengthMax = 16_384;
/** Messages of a flight that may wait for an earlier one. */
export const messagesAheadMax = 8;
/** All bytes that one association lets a peer park before they make sense. */
export const reassemblyBytesMax = 65_536;

export const reassemblyCounters = [
  'malformed-fragment',
  'conflicting-fragment',
  'message-too-long',
  'message-too-far-ahead',
  'reassembly-full',
  'message-repeated',
] as const;

/** A whole message of the peer. */
export interface ReceivedMessage extends HandshakeMessage {
  /** Of the records that brought it: 0 is anybody's, 1 is the peer's. */
  readonly epoch: number;
}

interface Partial {
  readonly type: number;
  readonly epoch: number;
  readonly body: Uint8Array;
  /** One byte a byte of the body: 1 when it came. */
  readonly received: Uint8Array;
  missing: number;
}

/** Puts handshake messages together from fragments in any order, with overlap, and hands them out in sequence. */
export class Reassembly {
  readonly counters = new Counters(reassemblyCounters);
  readonly #partials = new Map<number, Partial>();
  #nextSequence = 0;
  #bytes = 0;

  /** The sequence number of the message that is handed out next. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Bytes held for incomplete messages. */
  get bytesHeld(): number {
    return this.#bytes;
  }

  /** The fragments of one record of an epoch (RFC 6347 section 4.2.3 lets several share one). True when one was of a message handed out before. */
  handleFragments(payload: Uint8Array, epoch: number): boolean {
    let isRepeated = false;
    let rest = payload;
    while (rest.length > 0) {
      if (rest.length < handshakeHeaderLength) {
        this.counters.count('malformed-fragment');
        return isRepeated;
      }
      const reader = new ByteReader(rest);
      const type = reader.uint8();
      const length = reader.uint24();
      const sequence = reader.uint16();
      const offset = reader.uint24();
      const fragment = reader.vector(3);
      if (reader.isDefective || offset + fragment.length > length) {
        this.counters.count('malformed-fragment');
        return isRepeated;
      }
      if (sequence < this.#nextSequence) {
        this.counters.count('message-repeated');
        isRepeated = true;
      } else {
        this.#handleFragment({ type, epoch, length, sequence, offset, fragment });
      }
      rest = rest.subarray(handshakeHeaderLength + fragment.length);
    }
    return isRepeated;
  }

  /** The next message in sequence once it is whole. */
  pollMessage(): ReceivedMessage | undefined {
    const partial = this.#partials.get(this.#nextSequence);
    if (partial === undefined || partial.missing > 0) return undefined;
    const sequence = this.#nextSequence++;
    this.#forget(sequence, partial);
    return { type: partial.type, epoch: partial.epoch, sequence, body: partial.body };
  }

  /** The message handed out last was not the peer's: another one in its place is handed out. */
  expectAgain(): void {
    this.#nextSequence -= 1;
  }

  #handleFragment(fragment: {
    readonly type: number;
    readonly epoch: number;
    readonly length: number;
    readonly sequence: number;
    readonly offset: number;
    readonly fragment: Uint8Array;
  }): void {
    const { type, epoch, length, sequence, offset } = fragment;
    if (length > messageLengthMax) return this.counters.count('message-too-long');
    if (sequence >= this.#nextSequence + messagesAheadMax) return this.counters.count('message-too-far-ahead');
    let partial = this.#partials.get(sequence);
    if (partial !== undefined && partial.epoch < epoch) {
      // What anybody may have made does not stand in the way of what is authentic.
      this.#forget(sequence, partial);
      partial = undefined;
    }
    if (partial === undefined) {
      if (this.#bytes + length > reassemblyBytesMax) return this.counters.count('reassembly-full');
      partial = { type, epoch, body: new Uint8Array(length), received: new Uint8Array(length), missing: length };
      this.#partials.set(sequence, partial);
      this.#bytes += length;
    }
    const isOfMessage = partial.epoch === epoch && partial.type === type && partial.body.length === length;
    if (!isOfMessage || isConflicting(partial, offset, fragment.fragment)) {
      return this.counters.count('conflicting-fragment');
    }
    keep(partial, offset, fragment.fragment);
  }

  #forget(sequence: number, partial: Partial): void {
    this.#partials.delete(sequence);
    this.#bytes -= partial.body.length;
  }
}

function keep(partial: Partial, offset: number, fragment: Uint8Array): void {
  const { body, received } = partial;
  if (isNew(partial, offset, fragment)) {
    body.set(fragment, offset);
    received.fill(1, offset, offset + fragment.length);
    partial.missing -= fragment.length;
    return;
  }
  for (const [i, byte] of fragment.entries()) {
    if (received[offset + i] === 1) continue;
    received[offset + i] = 1;
    body[offset + i] = byte;
    partial.missing -= 1;
  }
}

/** True when none of its bytes came before, as it is nearly always. */
function isNew({ received }: Partial, offset: number, fragment: Uint8Array): boolean {
  return !received.subarray(offset, offset + fragment.length).includes(1);
}

/** True when bytes that came before are different in this fragment. */
function isConflicting(partial: Partial, offset: number, fragment: Uint8Array): boolean {
  if (isNew(partial, offset, fragment)) return false;
  return fragment.some((byte, i) => partial.received[offset + i] === 1 && partial.body[offset + i] !== byte);
}
