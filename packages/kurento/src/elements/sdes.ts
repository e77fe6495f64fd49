import type { CryptoSuite } from '@rivero/engine';
import type { JsonRecord } from '../objects/arguments.ts';
import { illegalParameter } from './number-properties.ts';

/** Kurento's names of the suites. `keyLength`: bytes of master key and salt (RFC 4568 section 6.2, RFC 6188 section 2). */
const suites: ReadonlyMap<unknown, { readonly suite: CryptoSuite; readonly keyLength: number }> = new Map([
  ['AES_128_CM_HMAC_SHA1_32', { suite: 'AES_CM_128_HMAC_SHA1_32', keyLength: 30 }],
  ['AES_128_CM_HMAC_SHA1_80', { suite: 'AES_CM_128_HMAC_SHA1_80', keyLength: 30 }],
  ['AES_256_CM_HMAC_SHA1_32', { suite: 'AES_256_CM_HMAC_SHA1_32', keyLength: 46 }],
  ['AES_256_CM_HMAC_SHA1_80', { suite: 'AES_256_CM_HMAC_SHA1_80', keyLength: 46 }],
]);

/** What an RtpEndpoint is to encrypt with; undefined: nothing, as no suite is named. Refused: a key of another length. */
export function readSdes(sdes: JsonRecord): { readonly suite: CryptoSuite; readonly key?: Uint8Array } | undefined {
  const found = suites.get(sdes['crypto']);
  if (found === undefined) return undefined;
  const { suite, keyLength } = found;
  const key = keyOf(sdes);
  if (key === undefined) return { suite };
  if (key.length !== keyLength) throw illegalParameter('Master key size is wrong');
  return { suite, key };
}

/** As text, or as base64 of any bytes. */
function keyOf({ key, keyBase64 }: JsonRecord): Uint8Array | undefined {
  if (typeof key === 'string' && key !== '') return Buffer.from(key, 'utf8');
  if (typeof keyBase64 !== 'string' || keyBase64 === '') return undefined;
  // What is no base64 has no length that fits.
  return /^[A-Za-z0-9+/]+={0,2}$/.test(keyBase64) ? Buffer.from(keyBase64, 'base64') : new Uint8Array();
}
