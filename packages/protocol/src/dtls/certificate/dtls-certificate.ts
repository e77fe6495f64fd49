import type { KeyObject } from 'node:crypto';
import type { Fingerprint } from './fingerprint.ts';

/** A certificate of ours with its key. */
export interface DtlsCertificate {
  readonly type: 'ecdsa' | 'rsa';
  readonly der: Uint8Array;
  readonly privateKey: KeyObject;
  /** SHA-256, for the session description. */
  readonly fingerprint: Fingerprint;
}
