import type { RandomBytes } from '@rivero/core';
import type { SrtpProfile } from '../../srtp/index.ts';
import { concatBytes } from '../byte-writer.ts';
import type { DtlsCertificate } from '../certificate/dtls-certificate.ts';
import { type Fingerprint, matchesFingerprint } from '../certificate/fingerprint.ts';
import type { DtlsCrypto, HmacSha256 } from '../crypto/dtls-crypto.ts';
import { alertDescription, signatureSchemes } from '../parameters.ts';
import type { RecordLayer } from '../record/record-layer.ts';
import type { FlightItem } from './flight.ts';
import { type HandshakeMessage, serializeWhole } from './handshake-message.ts';

/** Why a handshake came to nothing. */
export type HandshakeFailure =
  | 'malformed-message'
  | 'unexpected-message'
  | 'version-unsupported'
  | 'no-common-cipher-suite'
  | 'no-common-group'
  | 'no-common-signature-scheme'
  | 'no-common-srtp-profile'
  | 'extended-master-secret-missing'
  | 'illegal-parameter'
  | 'certificate-missing'
  | 'fingerprint-mismatch'
  | 'bad-signature'
  | 'bad-public-key'
  | 'bad-finished';

/** What a message led to. */
export type HandshakeStep =
  | { readonly type: 'wait' }
  /** A new flight; `timer`: it is sent again until the peer answers. `isEstablished`: with it the association stands. */
  | {
      readonly type: 'send';
      readonly items: readonly FlightItem[];
      readonly timer: boolean;
      readonly isEstablished: boolean;
    }
  | { readonly type: 'established' }
  | { readonly type: 'failed'; readonly failure: HandshakeFailure; readonly alert: number };

/** The client's or the server's order of messages. */
export interface Handshake {
  /** The first flight, for the side that begins. */
  start(): HandshakeStep;
  /** The next message in sequence, and the epoch of the records that brought it. */
  handleMessage(message: HandshakeMessage, epoch: number): HandshakeStep;
  /** Known once established. */
  readonly srtpProfile: SrtpProfile | undefined;
  /** Known once both key shares are: HMAC under it. */
  readonly masterSecret: HmacSha256 | undefined;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  /** DER. Known, and the one that was promised, before it is proved that the peer has its key. */
  readonly peerCertificate: Uint8Array;
}

export interface HandshakeOptions {
  readonly certificate: DtlsCertificate;
  readonly remoteFingerprints: readonly Fingerprint[];
  readonly srtpProfiles: readonly SrtpProfile[];
  readonly random: RandomBytes;
  readonly crypto: DtlsCrypto;
  readonly records: RecordLayer;
  /** Server: asks for a cookie first, made with this secret over the address and the hello. */
  readonly cookie?: { readonly secret: Uint8Array; readonly address: Uint8Array };
}

export const wait: HandshakeStep = { type: 'wait' };

const alertOf: Readonly<Record<HandshakeFailure, number>> = {
  'malformed-message': alertDescription.decodeError,
  'unexpected-message': alertDescription.unexpectedMessage,
  'version-unsupported': alertDescription.protocolVersion,
  'no-common-cipher-suite': alertDescription.handshakeFailure,
  'no-common-group': alertDescription.handshakeFailure,
  'no-common-signature-scheme': alertDescription.handshakeFailure,
  'no-common-srtp-profile': alertDescription.handshakeFailure,
  'extended-master-secret-missing': alertDescription.handshakeFailure,
  'illegal-parameter': alertDescription.illegalParameter,
  'certificate-missing': alertDescription.handshakeFailure,
  'fingerprint-mismatch': alertDescription.badCertificate,
  'bad-signature': alertDescription.decryptError,
  'bad-public-key': alertDescription.illegalParameter,
  'bad-finished': alertDescription.decryptError,
};

export function failed(failure: HandshakeFailure): HandshakeStep {
  return { type: 'failed', failure, alert: alertOf[failure] };
}

/** Every message so far, for CertificateVerify, Finished and the extended master secret. */
export class Transcript {
  #messages: Uint8Array[] = [];

  append(message: HandshakeMessage): void {
    this.#messages.push(serializeWhole(message));
  }

  /** After a HelloVerifyRequest the first exchange does not count (RFC 6347 section 4.2.1). */
  clear(): void {
    this.#messages = [];
  }

  bytes(): Uint8Array {
    return concatBytes(this.#messages);
  }

  hash(crypto: DtlsCrypto): Uint8Array {
    return crypto.sha256(this.bytes());
  }
}

/** The peer's own certificate out of its chain, if it is the one that was promised. */
export function judgeChain(
  chain: readonly Uint8Array[],
  fingerprints: readonly Fingerprint[],
): Uint8Array | 'certificate-missing' | 'fingerprint-mismatch' {
  const own = chain[0];
  if (own === undefined) return 'certificate-missing';
  return matchesFingerprint(own, fingerprints) ? own.slice() : 'fingerprint-mismatch';
}

/** The scheme to sign with: one that fits our key and that the peer reads. */
export function chooseScheme(certificate: DtlsCertificate, offered: readonly number[]): number | undefined {
  const fitting =
    certificate.type === 'ecdsa'
      ? [signatureSchemes.ecdsaSha256]
      : [signatureSchemes.rsaPssSha256, signatureSchemes.rsaSha256, signatureSchemes.rsaSha384];
  return fitting.find((scheme) => offered.includes(scheme));
}
