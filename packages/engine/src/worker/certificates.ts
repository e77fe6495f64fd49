import { CodedError, type RandomBytes, type WallClockMs } from '@rivero/core';
import {
  type DtlsCertificate,
  generateCertificate,
  generateCertificateAside,
  loadCertificate,
} from '@rivero/protocol/dtls';

type KeyType = DtlsCertificate['type'];

export interface CertificatesOptions {
  /** Of the operator's own, each with its key in one text. */
  readonly pems: Readonly<Partial<Record<KeyType, string>>>;
  readonly random: RandomBytes;
  readonly now: () => WallClockMs;
}

/** A worker's DTLS certificates: the operator's, and of the kinds that are left out our own, made when they are asked for. */
export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #made = new Map<KeyType, DtlsCertificate>();
  #preparing: Promise<void> | undefined;

  /** A certificate that cannot be read, or has a key of the other kind, is refused. */
  constructor(options: CertificatesOptions) {
    this.#options = options;
    for (const type of ['rsa', 'ecdsa'] as const) {
      const pem = options.pems[type];
      if (pem !== undefined) this.#made.set(type, load(type, pem));
    }
  }

  /** Makes one that takes long beside this thread; resolves when that is over. `undefined`: there is nothing to wait for. */
  prepare(type: KeyType): Promise<void> | undefined {
    if (type === 'ecdsa' || this.#made.has(type)) return undefined;
    this.#preparing ??= this.#makeAside(type).finally(() => (this.#preparing = undefined));
    return this.#preparing;
  }

  of(type: KeyType): DtlsCertificate {
    const { random, now } = this.#options;
    const certificate = this.#made.get(type) ?? generateCertificate({ type, random, now: now() });
    this.#made.set(type, certificate);
    return certificate;
  }

  async #makeAside(type: KeyType): Promise<void> {
    const { random, now } = this.#options;
    this.#made.set(type, await generateCertificateAside({ type, random, now: now() }));
  }
}

function load(type: KeyType, pem: string): DtlsCertificate {
  const certificate = loadCertificate(pem, pem);
  if (certificate.type === type) return certificate;
  throw new CodedError('dtls-certificate-unsupported', `The ${type} DTLS certificate has a key of the other kind.`);
}
