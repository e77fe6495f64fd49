import { concatBytes } from './byte-writer.ts';
import type { DtlsCrypto, HmacSha256 } from './crypto/dtls-crypto.ts';

const encoder = new TextEncoder();

export const masterSecretLength = 48;
export const verifyDataLength = 12;

/** P_SHA256 over label and seed (RFC 5246 section 5). */
export function prf(secret: HmacSha256, label: string, seed: Uint8Array, length: number): Uint8Array {
  const labelAndSeed = concatBytes([encoder.encode(label), seed]);
  const blocks: Uint8Array[] = [];
  let a = labelAndSeed;
  for (let made = 0; made < length; made += 32) {
    a = secret(a);
    blocks.push(secret(a, labelAndSeed));
  }
  return concatBytes(blocks).subarray(0, length);
}

/**
 * The master secret as the key of every {@link prf} from then on (RFC 7627 section 4); the hash covers everything up to and with
 * ClientKeyExchange.
 */
export function extendedMasterSecret(
  crypto: DtlsCrypto,
  premasterSecret: Uint8Array,
  sessionHash: Uint8Array,
): HmacSha256 {
  const premaster = crypto.hmacSha256(premasterSecret);
  return crypto.hmacSha256(prf(premaster, 'extended master secret', sessionHash, masterSecretLength));
}

/** AES-128-GCM keys and implicit nonce parts of both directions (RFC 5246 section 6.3, RFC 5288 section 3). */
export interface RecordKeys {
  readonly clientKey: Uint8Array;
  readonly serverKey: Uint8Array;
  readonly clientIv: Uint8Array;
  readonly serverIv: Uint8Array;
}

export function expandRecordKeys(
  masterSecret: HmacSha256,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): RecordKeys {
  const block = prf(masterSecret, 'key expansion', concatBytes([serverRandom, clientRandom]), 40);
  return {
    clientKey: block.subarray(0, 16),
    serverKey: block.subarray(16, 32),
    clientIv: block.subarray(32, 36),
    serverIv: block.subarray(36, 40),
  };
}

/** The verify_data of Finished (RFC 5246 section 7.4.9). */
export function finishedVerifyData(
  masterSecret: HmacSha256,
  sender: 'client' | 'server',
  transcriptHash: Uint8Array,
): Uint8Array {
  return prf(masterSecret, `${sender} finished`, transcriptHash, verifyDataLength);
}
