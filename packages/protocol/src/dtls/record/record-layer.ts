import { Counters } from '@rivero/core';
import { concatBytes } from '../byte-writer.ts';
import type { DtlsCrypto, RecordCipher } from '../crypto/dtls-crypto.ts';
import type { RecordKeys } from '../key-schedule.ts';
import { dtls12 } from '../parameters.ts';
import { type DtlsRecord, serializeRecord } from './record.ts';
import { ReplayWindow } from './replay-window.ts';

export type RecordDefect = 'replayed' | 'authentication-failed' | 'unexpected-epoch';

export const recordCounters = ['replayed', 'authentication-failed', 'unexpected-epoch'] as const;

/** What GCM adds in front (explicit nonce) and behind (tag) of a plaintext (RFC 5288 section 3). */
export const gcmOverhead = 8 + 16;

/** 2^48 - 1: a sequence number never wraps (RFC 6347 section 4.1); no association of ours comes near. */
const sequenceMax = 2 ** 48 - 1;

interface Direction {
  readonly cipher: RecordCipher;
  readonly iv: Uint8Array;
}

/** Seals and opens records of epoch 0, which is plain, and of epoch 1. */
export class RecordLayer {
  readonly counters = new Counters(recordCounters);
  readonly #crypto: DtlsCrypto;
  readonly #windows = [new ReplayWindow(), new ReplayWindow()] as const;
  readonly #nextSequence = [0, 0];
  #reading: Direction | undefined;
  #writing: Direction | undefined;
  #isPlainClosed = false;

  constructor(crypto: DtlsCrypto) {
    this.#crypto = crypto;
  }

  get hasKeys(): boolean {
    return this.#reading !== undefined;
  }

  installKeys(keys: RecordKeys, role: 'client' | 'server'): void {
    const client = { cipher: this.#crypto.createRecordCipher(keys.clientKey), iv: keys.clientIv };
    const server = { cipher: this.#crypto.createRecordCipher(keys.serverKey), iv: keys.serverIv };
    this.#reading = role === 'client' ? server : client;
    this.#writing = role === 'client' ? client : server;
  }

  /** From now on nothing of epoch 0 is read: the association is established. */
  closePlain(): void {
    this.#isPlainClosed = true;
  }

  /** The plaintext of a record; nothing is believed of one that is not authentic. */
  open(record: DtlsRecord): Uint8Array | RecordDefect {
    const result = this.#tryOpen(record);
    if (typeof result === 'string') this.counters.count(result);
    return result;
  }

  /** A record with the next sequence number of its epoch. */
  seal(type: number, epoch: 0 | 1, plaintext: Uint8Array): Uint8Array {
    const sequence = this.#nextSequence[epoch]++;
    if (sequence > sequenceMax) throw new RangeError('DTLS sequence numbers are exhausted');
    const header = { type, version: dtls12, epoch, sequence };
    if (epoch === 0 || this.#writing === undefined) return serializeRecord({ ...header, fragment: plaintext });
    const explicit = explicitNonce(epoch, sequence);
    const { cipher, iv } = this.#writing;
    const data = additionalData(header, plaintext.length);
    const sealed = cipher.seal(concatBytes([iv, explicit]), data, plaintext);
    return serializeRecord({ ...header, fragment: concatBytes([explicit, sealed]) });
  }

  #tryOpen(record: DtlsRecord): Uint8Array | RecordDefect {
    const { epoch, sequence, fragment } = record;
    if (epoch > 1 || (epoch === 0 && this.#isPlainClosed)) return 'unexpected-epoch';
    const window = this.#windows[epoch === 0 ? 0 : 1];
    if (!window.isFresh(sequence)) return 'replayed';
    if (epoch === 0) {
      // Not authentic: a forged high number must not push real records out of the window, so none is kept.
      return fragment;
    }
    if (this.#reading === undefined) return 'unexpected-epoch';
    if (fragment.length < gcmOverhead) return 'authentication-failed';
    const { cipher, iv } = this.#reading;
    const nonce = concatBytes([iv, fragment.subarray(0, 8)]);
    const data = additionalData(record, fragment.length - gcmOverhead);
    const plaintext = cipher.open(nonce, data, fragment.subarray(8));
    if (typeof plaintext !== 'string') window.accept(sequence);
    return plaintext;
  }
}

/** We use epoch and sequence number as the explicit nonce (RFC 5288 section 3). */
function explicitNonce(epoch: number, sequence: number): Uint8Array {
  const nonce = new Uint8Array(8);
  const view = new DataView(nonce.buffer);
  view.setUint16(0, epoch);
  view.setUint16(2, Math.floor(sequence / 0x1_0000_0000));
  view.setUint32(4, sequence % 0x1_0000_0000);
  return nonce;
}

/** seq_num, type, version and length of the plaintext (RFC 5246 section 6.2.3.3). */
function additionalData(header: Omit<DtlsRecord, 'fragment'>, length: number): Uint8Array {
  const tail = Uint8Array.of(header.type, header.version >> 8, header.version & 0xff, length >> 8, length & 0xff);
  return concatBytes([explicitNonce(header.epoch, header.sequence), tail]);
}
