import { concatBytes } from './byte-writer.ts';
import type { DtlsCrypto } from './crypto/dtls-crypto.ts';

const encoder = new TextEncoder();

export const masterSecretLength = 48;
export const verifyDataLength = 12;

/** P_SHA256 over label and seed (RFC 5246 section 5). */
export function prf(
  crypto: DtlsCrypto,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const labelAndSeed = concatBytes([encoder.encode(label), seed]);
  const blocks: Uint8Array[] = [];
  let a = labelAndSeed;
  for (let made = 0; made < length; made += 32) {
    a = crypto.hmacSha256(secret, a);
    blocks.push(crypto.hmacSha256(secret, concatBytes([a, labelAndSeed])));
  }
  return concatBytes(blocks).subarray(0, length);
}

/** RFC 7627 section 4; the hash covers everything up to and with ClientKeyExchange. */
export function extendedMasterSecret(
  crypto: DtlsCrypto,
  premasterSecret: Uint8Array,
  sessionHash: Uint8Array,
): Uint8Array {
  return prf(crypto, premasterSecret, 'extended master secret', sessionHash, masterSecretLength);
}

/** AES-128-GCM keys and implicit nonce parts of both directions (RFC 5246 section 6.3, RFC 5288 section 3). */
export interface RecordKeys {
  readonly clientKey: Uint8Array;
  readonly serverKey: Uint8Array;
  readonly clientIv: Uint8Array;
  readonly serverIv: Uint8Array;
}

export function expandRecordKeys(
  crypto: DtlsCrypto,
  masterSecret: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): RecordKeys {
  const block = prf(crypto, masterSecret, 'key expansion', concatBytes([serverRandom, clientRandom]), 40);
  return {
    clientKey: block.subarray(0, 16),
    serverKey: block.subarray(16, 32),
    clientIv: block.subarray(32, 36),
    serverIv: block.subarray(36, 40),
  };
}

/** The verify_data of Finished (RFC 5246 section 7.4.9). */
export function finishedVerifyData(
  crypto: DtlsCrypto,
  masterSecret: Uint8Array,
  sender: 'client' | 'server',
  transcriptHash: Uint8Array,
): Uint8Array {
  return prf(crypto, masterSecret, `${sender} finished`, transcriptHash, verifyDataLength);
}
