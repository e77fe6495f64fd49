import { after, type Milliseconds, milliseconds, type MonotonicMs, never } from '@rivero/core';
import { concatBytes } from '../byte-writer.ts';
import { contentType } from '../parameters.ts';
import { recordHeaderLength } from '../record/record.ts';
import { gcmOverhead, type RecordLayer } from '../record/record-layer.ts';
import { type HandshakeMessage, handshakeHeaderLength, serializeFragment } from './handshake-message.ts';

/** What a flight is made of. ChangeCipherSpec stands between the epochs (RFC 6347 section 4.1). */
export type FlightItem = { readonly epoch: 0 | 1; readonly message: HandshakeMessage } | 'change-cipher-spec';

/**
 * First retransmission timeout. RFC 6347 section 4.2.4.1 says 1 s for the open Internet; here the path was just
 * measured by ICE to carry packets, and people wait for a picture.
 */
export const retransmissionTimeoutFirst = milliseconds(200);
const retransmissionTimeoutMax = milliseconds(3_200);

/** Repetitions that the peer's own repetitions may cause, for one flight. */
const repetitionsMax = 16;

/** The last flight sent, and its timer (RFC 6347 section 4.2.4). */
export class Flight {
  readonly #records: RecordLayer;
  readonly #mtu: number;
  #items: readonly FlightItem[] = [];
  #timeout: Milliseconds = retransmissionTimeoutFirst;
  #retransmitAt: MonotonicMs = never;
  #isRepeated = false;
  #repetitions = 0;
  #sentAt: MonotonicMs = never;

  constructor(records: RecordLayer, mtu: number) {
    this.#records = records;
    this.#mtu = mtu;
  }

  /** The datagrams of a new flight; with a timer it is sent again until {@link acknowledge}. */
  send(items: readonly FlightItem[], timer: boolean, now: MonotonicMs): readonly Uint8Array[] {
    this.#items = items;
    this.#timeout = retransmissionTimeoutFirst;
    this.#repetitions = 0;
    this.#isRepeated = timer;
    return this.#transmit(now);
  }

  /** The peer's answer came: the flight is not sent again, whatever the peer repeats. */
  acknowledge(): void {
    this.#items = [];
    this.#isRepeated = false;
    this.#retransmitAt = never;
  }

  /** The peer repeated its last flight: ours was lost, so it is sent again, but not more often than sensible. */
  repeat(now: MonotonicMs): readonly Uint8Array[] {
    const isTooSoon = this.#sentAt !== never && now - this.#sentAt < retransmissionTimeoutFirst / 4;
    if (this.#items.length === 0 || isTooSoon || this.#repetitions >= repetitionsMax) return [];
    this.#repetitions += 1;
    return this.#transmit(now);
  }

  handleTimeout(now: MonotonicMs): readonly Uint8Array[] {
    if (now < this.#retransmitAt) return [];
    this.#timeout = milliseconds(Math.min(this.#timeout * 2, retransmissionTimeoutMax));
    return this.#transmit(now);
  }

  deadline(): MonotonicMs {
    return this.#retransmitAt;
  }

  #transmit(now: MonotonicMs): readonly Uint8Array[] {
    this.#sentAt = now;
    this.#retransmitAt = this.#isRepeated ? after(now, this.#timeout) : never;
    const records = this.#items.flatMap((item) => this.#recordsOf(item));
    return packDatagrams(records, this.#mtu);
  }

  #recordsOf(item: FlightItem): readonly Uint8Array[] {
    if (item === 'change-cipher-spec') return [this.#records.seal(contentType.changeCipherSpec, 0, Uint8Array.of(1))];
    const { message, epoch } = item;
    const room = this.#mtu - recordHeaderLength - handshakeHeaderLength - (epoch === 1 ? gcmOverhead : 0);
    const records: Uint8Array[] = [];
    let offset = 0;
    do {
      const length = Math.min(room, message.body.length - offset);
      records.push(this.#records.seal(contentType.handshake, epoch, serializeFragment(message, offset, length)));
      offset += length;
    } while (offset < message.body.length);
    return records;
  }
}

/** As many records a datagram as fit. */
function packDatagrams(records: readonly Uint8Array[], mtu: number): readonly Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  let pending: Uint8Array[] = [];
  let length = 0;
  for (const record of records) {
    if (length + record.length > mtu && pending.length > 0) {
      datagrams.push(concatBytes(pending));
      pending = [];
      length = 0;
    }
    pending.push(record);
    length += record.length;
  }
  if (pending.length > 0) datagrams.push(concatBytes(pending));
  return datagrams;
}
