import {
  after,
  assert,
  Counters,
  earliest,
  elapsed,
  milliseconds,
  type MonotonicMs,
  never,
  type RandomBytes,
} from '@rivero/core';
import { type SrtpProfile, srtpProfiles } from '../srtp/index.ts';
import { concatBytes } from './byte-writer.ts';
import type { DtlsCertificate } from './certificate/dtls-certificate.ts';
import type { Fingerprint } from './certificate/fingerprint.ts';
import type { DtlsCrypto } from './crypto/dtls-crypto.ts';
import { nodeDtlsCrypto } from './crypto/node-dtls-crypto.ts';
import { ClientHandshake } from './handshake/client-handshake.ts';
import { Flight } from './handshake/flight.ts';
import type { Handshake, HandshakeFailure, HandshakeOptions, HandshakeStep } from './handshake/handshake.ts';
import { Reassembly, reassemblyCounters } from './handshake/reassembly.ts';
import { ServerHandshake } from './handshake/server-handshake.ts';
import { prf } from './key-schedule.ts';
import { alertDescription, alertLevel, contentType, handshakeType } from './parameters.ts';
import { type DtlsRecord, parseRecords } from './record/record.ts';
import { recordCounters, RecordLayer } from './record/record-layer.ts';

/** SRTP master keys of both directions (RFC 5764 section 4.2); local is what we send with. */
export interface SrtpKeys {
  readonly profile: SrtpProfile;
  readonly localKey: Uint8Array;
  readonly localSalt: Uint8Array;
  readonly remoteKey: Uint8Array;
  readonly remoteSalt: Uint8Array;
}

export type DtlsState = 'handshaking' | 'established' | 'closed';

/** `closed`: by us. `close-notify`, `peer-alert`: by the peer, authenticated. The others: the handshake failed. */
export type DtlsCloseReason = 'closed' | 'close-notify' | 'peer-alert' | 'handshake-timeout' | HandshakeFailure;

export type DtlsOutput =
  | { readonly type: 'datagram'; readonly bytes: Uint8Array }
  | { readonly type: 'connected'; readonly srtp: SrtpKeys }
  /** Application data, such as SCTP. */
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  | { readonly type: 'closed'; readonly reason: DtlsCloseReason };

export interface DtlsOptions {
  readonly role: 'client' | 'server';
  readonly certificate: DtlsCertificate;
  /** One of these must be the peer's; from its session description (RFC 8122). */
  readonly remoteFingerprints: readonly Fingerprint[];
  readonly random: RandomBytes;
  /** Best first. Default: GCM, then AES-CM with SHA-1. */
  readonly srtpProfiles?: readonly SrtpProfile[];
  /** Server: ask for a cookie first. Not needed behind ICE, which has shown that the address is the peer's. */
  readonly cookie?: { readonly secret: Uint8Array; readonly address: Uint8Array };
  /** Largest datagram that we send. */
  readonly mtu?: number;
  readonly crypto?: DtlsCrypto;
}

export const dtlsCounters = [
  'malformed-record',
  'malformed-alert',
  'unauthenticated-alert',
  'unexpected-message',
  'renegotiation-refused',
  'early-record-dropped',
  'output-dropped',
  ...recordCounters,
  ...reassemblyCounters,
] as const;

const mtuDefault = 1_200;

/** A handshake that takes longer has failed. */
export const handshakeTimeout = milliseconds(30_000);

/** Records of epoch 1 that came before the keys and wait for them. */
export const earlyRecordsMax = 8;

/** Outputs that nobody fetched. */
const outputsMax = 256;

/** Longest plaintext of one record (RFC 5246 section 6.2.1). */
const plaintextMax = 16_384;

const srtpLabel = 'EXTRACTOR-dtls_srtp';

/**
 * One DTLS 1.2 association with SRTP keying, client or server (RFC 6347, RFC 5764). The peer is who its fingerprint,
 * its signatures and its Finished say; nothing that is not authentic ends an established association.
 */
export class DtlsAssociation {
  readonly #options: DtlsOptions;
  readonly #crypto: DtlsCrypto;
  readonly #records: RecordLayer;
  readonly #reassembly = new Reassembly();
  readonly #flight: Flight;
  readonly #handshake: Handshake;
  readonly #own = new Counters(dtlsCounters);
  readonly #outputs: DtlsOutput[] = [];
  #early: DtlsRecord[] = [];
  #state: DtlsState = 'handshaking';
  /** Established now or before it closed. */
  #isProved = false;
  #hasBegun = false;
  #startedAt: MonotonicMs | undefined;

  constructor(options: DtlsOptions) {
    this.#options = options;
    this.#crypto = options.crypto ?? nodeDtlsCrypto;
    this.#records = new RecordLayer(this.#crypto);
    this.#flight = new Flight(this.#records, options.mtu ?? mtuDefault);
    const handshake: HandshakeOptions = {
      certificate: options.certificate,
      remoteFingerprints: options.remoteFingerprints,
      srtpProfiles: options.srtpProfiles ?? ['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'],
      random: options.random,
      crypto: this.#crypto,
      records: this.#records,
      ...(options.cookie === undefined ? {} : { cookie: options.cookie }),
    };
    this.#handshake = options.role === 'client' ? new ClientHandshake(handshake) : new ServerHandshake(handshake);
  }

  get state(): DtlsState {
    return this.#state;
  }

  /** The peer's certificate (DER), once it is established who it is. */
  get remoteCertificate(): Uint8Array | undefined {
    return this.#isProved ? this.#handshake.peerCertificate : undefined;
  }

  /** Bytes held for the peer's incomplete handshake messages and early records: bounded, whatever comes. */
  get bytesHeld(): number {
    return this.#early.reduce((sum, { fragment }) => sum + fragment.length, this.#reassembly.bytesHeld);
  }

  /** Begins the handshake, once; a server waits for the client, and only its time begins. */
  start(now: MonotonicMs): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#startedAt ??= now;
    this.#handleStep(this.#handshake.start(), now);
  }

  handleDatagram(bytes: Uint8Array, now: MonotonicMs): void {
    if (this.#state === 'closed') return;
    this.#startedAt ??= now;
    // A plain view: slices of a Buffer would be views where copies are meant.
    const { records, isDefective } = parseRecords(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (isDefective) this.#own.count('malformed-record');
    for (const record of records) {
      if (this.#isClosed()) return;
      this.#handleRecord(record, now);
    }
  }

  handleTimeout(now: MonotonicMs): void {
    if (this.#state !== 'handshaking' || this.#startedAt === undefined) return;
    if (elapsed(this.#startedAt, now) >= handshakeTimeout) return this.#finish('handshake-timeout');
    this.#sendAll(this.#flight.handleTimeout(now));
  }

  deadline(): MonotonicMs {
    if (this.#state !== 'handshaking' || this.#startedAt === undefined) return never;
    return earliest(this.#flight.deadline(), after(this.#startedAt, handshakeTimeout));
  }

  pollOutput(): DtlsOutput | undefined {
    return this.#outputs.shift();
  }

  /** Sends application data; before it is established, or when the data is longer than a record, nothing is sent. */
  sendData(bytes: Uint8Array): 'sent' | 'not-established' | 'too-long' {
    if (this.#state !== 'established') return 'not-established';
    if (bytes.length > plaintextMax) return 'too-long';
    this.#sendAll([this.#records.seal(contentType.applicationData, 1, bytes)]);
    return 'sent';
  }

  /** Says good-bye (close_notify) when there is somebody to say it to, and ends. */
  close(): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'established') this.#sendAlert(alertLevel.warning, alertDescription.closeNotify);
    this.#finish('closed');
  }

  /** RFC 5705 without a context; the same bytes on both sides. Only once established. */
  exportKeyingMaterial(label: string, length: number): Uint8Array {
    const { masterSecret, clientRandom, serverRandom } = this.#handshake;
    assert(masterSecret !== undefined, 'the association is established');
    return prf(masterSecret, label, concatBytes([clientRandom, serverRandom]), length);
  }

  /** How often each thing happened that made us drop something. */
  counters(): Readonly<Record<(typeof dtlsCounters)[number], number>> {
    return {
      ...this.#own.snapshot(),
      ...this.#records.counters.snapshot(),
      ...this.#reassembly.counters.snapshot(),
    };
  }

  /** A method, so that it is asked anew after each record. */
  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #handleRecord(record: DtlsRecord, now: MonotonicMs): void {
    if (record.epoch === 1 && !this.#records.hasKeys) return this.#keepEarly(record);
    const plaintext = this.#records.open(record);
    if (typeof plaintext === 'string') return;
    switch (record.type) {
      case contentType.handshake:
        return this.#handleHandshake(plaintext, record.epoch, now);
      case contentType.alert:
        return this.#handleAlert(plaintext, record.epoch);
      case contentType.applicationData:
        if (record.epoch === 1 && this.#state === 'established') this.#output({ type: 'data', bytes: plaintext });
        return;
      default:
        // ChangeCipherSpec says nothing that the epoch does not say.
        return;
    }
  }

  #keepEarly(record: DtlsRecord): void {
    if (this.#early.length >= earlyRecordsMax) return this.#own.count('early-record-dropped');
    this.#early.push({ ...record, fragment: record.fragment.slice() });
  }

  #handleHandshake(payload: Uint8Array, epoch: number, now: MonotonicMs): void {
    if (this.#state === 'established' && payload[0] !== handshakeType.finished) {
      // HelloRequest or a ClientHello for a renegotiation; both sides of WebRTC never do.
      this.#own.count('renegotiation-refused');
      return;
    }
    const isRepeated = this.#reassembly.handleFragments(payload, epoch);
    if (isRepeated) this.#sendAll(this.#flight.repeat(now));
    for (;;) {
      const message = this.#isClosed() ? undefined : this.#reassembly.pollMessage();
      if (message === undefined) break;
      const step = this.#handshake.handleMessage(message, message.epoch);
      if (step.type === 'failed' && step.failure === 'unexpected-message' && message.epoch === 0) {
        // Anybody can make it, so it is as if it had not come (RFC 6347 section 4.1.2.7); the peer's may still come.
        this.#own.count('unexpected-message');
        this.#reassembly.expectAgain();
        continue;
      }
      this.#handleStep(step, now);
      this.#replayEarly(now);
    }
  }

  /** Once the keys are there, what came too early is read; what does not authenticate is gone. */
  #replayEarly(now: MonotonicMs): void {
    if (!this.#records.hasKeys || this.#early.length === 0) return;
    const early = this.#early;
    this.#early = [];
    for (const record of early) if (!this.#isClosed()) this.#handleRecord(record, now);
  }

  #handleStep(step: HandshakeStep, now: MonotonicMs): void {
    switch (step.type) {
      case 'wait':
        return;
      case 'send':
        this.#flight.acknowledge();
        this.#sendAll(this.#flight.send(step.items, step.timer, now));
        if (step.isEstablished) this.#establish();
        return;
      case 'established':
        this.#flight.acknowledge();
        this.#establish();
        return;
      case 'failed':
        this.#sendAlert(alertLevel.fatal, step.alert);
        this.#finish(step.failure);
        return;
    }
  }

  #establish(): void {
    this.#state = 'established';
    this.#isProved = true;
    this.#records.closePlain();
    const { srtpProfile } = this.#handshake;
    if (srtpProfile !== undefined) this.#output({ type: 'connected', srtp: this.#srtpKeys(srtpProfile) });
  }

  /** Client key, server key, client salt, server salt (RFC 5764 section 4.2). */
  #srtpKeys(profile: SrtpProfile): SrtpKeys {
    const { keyLength, saltLength } = srtpProfiles[profile];
    const material = this.exportKeyingMaterial(srtpLabel, 2 * (keyLength + saltLength));
    const saltsAt = 2 * keyLength;
    const clientKey = material.slice(0, keyLength);
    const serverKey = material.slice(keyLength, saltsAt);
    const clientSalt = material.slice(saltsAt, saltsAt + saltLength);
    const serverSalt = material.slice(saltsAt + saltLength);
    return this.#options.role === 'client'
      ? { profile, localKey: clientKey, localSalt: clientSalt, remoteKey: serverKey, remoteSalt: serverSalt }
      : { profile, localKey: serverKey, localSalt: serverSalt, remoteKey: clientKey, remoteSalt: clientSalt };
  }

  #handleAlert(alert: Uint8Array, epoch: number): void {
    if (alert.length !== 2) return this.#own.count('malformed-alert');
    // Anybody can make an alert of epoch 0; a real failure of the peer shows as a timeout.
    if (epoch === 0) return this.#own.count('unauthenticated-alert');
    const [level, description] = alert;
    if (description === alertDescription.closeNotify) {
      this.#sendAlert(alertLevel.warning, alertDescription.closeNotify);
      this.#finish('close-notify');
    } else if (level === alertLevel.fatal) {
      this.#finish('peer-alert');
    }
  }

  #sendAlert(level: number, description: number): void {
    const epoch = this.#state === 'established' ? 1 : 0;
    this.#sendAll([this.#records.seal(contentType.alert, epoch, Uint8Array.of(level, description))]);
  }

  #sendAll(datagrams: readonly Uint8Array[]): void {
    for (const bytes of datagrams) this.#output({ type: 'datagram', bytes });
  }

  #finish(reason: DtlsCloseReason): void {
    this.#state = 'closed';
    this.#early = [];
    this.#output({ type: 'closed', reason });
  }

  #output(output: DtlsOutput): void {
    if (this.#outputs.length >= outputsMax) return this.#own.count('output-dropped');
    this.#outputs.push(output);
  }
}
