/** SDES crypto suites that we speak (RFC 4568 section 6.2, RFC 6188 section 4). */
export type CryptoSuite =
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AES_CM_128_HMAC_SHA1_32'
  | 'AES_256_CM_HMAC_SHA1_80'
  | 'AES_256_CM_HMAC_SHA1_32';

/** Bytes of master key and master salt of each suite. */
export const cryptoSuites: Readonly<Record<CryptoSuite, { readonly keyLength: number; readonly saltLength: number }>> =
  {
    AES_CM_128_HMAC_SHA1_80: { keyLength: 16, saltLength: 14 },
    AES_CM_128_HMAC_SHA1_32: { keyLength: 16, saltLength: 14 },
    AES_256_CM_HMAC_SHA1_80: { keyLength: 32, saltLength: 14 },
    AES_256_CM_HMAC_SHA1_32: { keyLength: 32, saltLength: 14 },
  };

/** A key as the description gives it (RFC 4568 section 6.1). */
export interface CryptoKey {
  readonly masterKey: Uint8Array;
  readonly masterSalt: Uint8Array;
  /** Packets that it is good for; left out: as many as SRTP allows. */
  readonly lifetime?: number;
  /** Master key identifier that every packet carries. */
  readonly mki?: { readonly value: number; readonly length: number };
}

/** One `a=crypto` line (RFC 4568 section 9). */
export interface CryptoAttribute {
  readonly tag: number;
  readonly suite: CryptoSuite;
  /** At least one. */
  readonly keys: readonly CryptoKey[];
  /** As they are written: `WSH=64`, `UNENCRYPTED_SRTCP`. */
  readonly sessionParameters: readonly string[];
}

/**
 * Why a line was not read.
 *
 * - `malformed`: not of the grammar.
 * - `unknown-suite`, `unknown-key-method`: of the grammar, and not for us.
 * - `bad-key-length`: not as many bytes as the suite's key and salt have.
 */
export type CryptoDefect = 'malformed' | 'unknown-suite' | 'unknown-key-method' | 'bad-key-length';

/** Keys of one line. */
export const cryptoKeysMax = 16;

/** Characters of a key: those of the longest suite in base64. What is longer is not decoded. */
const base64LengthMax = Math.ceil((32 + 14) / 3) * 4;

/** Highest lifetime of an SRTP master key (RFC 3711 section 9.2). */
const lifetimeMax = 2 ** 48;

const line = /^(\d{1,9}) +([A-Za-z0-9_]+) +([^ ]+)((?: +[^ ]+)*) *$/;
const inline = /^inline:([A-Za-z0-9+/]+={0,2})(?:\|(2\^\d{1,2}|\d{1,15}))?(?:\|(\d{1,9}):(\d{1,3}))?$/;

/** Reads what stands behind `a=crypto:`. */
export function parseCrypto(text: string): CryptoAttribute | CryptoDefect {
  const match = line.exec(text);
  if (match === null) return 'malformed';
  const [, tag = '', suite = '', keyParameters = '', rest = ''] = match;
  if (!isCryptoSuite(suite)) return 'unknown-suite';
  const texts = keyParameters.split(';');
  if (texts.length > cryptoKeysMax) return 'malformed';
  const keys: CryptoKey[] = [];
  for (const one of texts) {
    const key = parseKey(one, suite);
    if (typeof key === 'string') return key;
    keys.push(key);
  }
  return { tag: Number(tag), suite, keys, sessionParameters: rest.split(' ').filter(Boolean) };
}

/** The line as {@link parseCrypto} reads it. */
export function serializeCrypto({ tag, suite, keys, sessionParameters }: CryptoAttribute): string {
  return [String(tag), suite, keys.map(serializeKey).join(';'), ...sessionParameters].join(' ');
}

/**
 * The first line that we can use with that suite: with one key and no MKI, and without session parameters that change
 * the packets (RFC 4568 section 6.3; a window size is a hint, and those that begin with `-` may be passed over).
 */
export function chooseCrypto(offered: readonly CryptoAttribute[], suite: CryptoSuite): CryptoAttribute | undefined {
  return offered.find(
    (attribute) =>
      attribute.suite === suite &&
      attribute.keys.length === 1 &&
      attribute.keys[0].mki === undefined &&
      attribute.sessionParameters.every((parameter) => /^(-|WSH=\d+$)/.test(parameter)),
  );
}

function isCryptoSuite(text: string): text is CryptoSuite {
  return Object.hasOwn(cryptoSuites, text);
}

function parseKey(text: string, suite: CryptoSuite): CryptoKey | CryptoDefect {
  const match = inline.exec(text);
  if (match === null)
    return /^[A-Za-z0-9_]+:/.test(text) && !text.startsWith('inline:') ? 'unknown-key-method' : 'malformed';
  const [, base64 = '', lifetimeText, mkiValue, mkiLength] = match;
  if (base64.length > base64LengthMax) return 'bad-key-length';
  const bytes = fromBase64(base64);
  if (bytes === undefined) return 'malformed';
  const { keyLength, saltLength } = cryptoSuites[suite];
  if (bytes.length !== keyLength + saltLength) return 'bad-key-length';
  const lifetime = lifetimeText === undefined ? undefined : parseLifetime(lifetimeText);
  const mki = mkiValue === undefined ? undefined : { value: Number(mkiValue), length: Number(mkiLength) };
  if (lifetime === 0 || (lifetime ?? 0) > lifetimeMax) return 'malformed';
  if (mki !== undefined && (mki.length < 1 || mki.length > 128)) return 'malformed';
  return {
    masterKey: bytes.subarray(0, keyLength),
    masterSalt: bytes.subarray(keyLength),
    ...(lifetime === undefined ? {} : { lifetime }),
    ...(mki === undefined ? {} : { mki }),
  };
}

function parseLifetime(text: string): number {
  return text.startsWith('2^') ? 2 ** Number(text.slice(2)) : Number(text);
}

function serializeKey({ masterKey, masterSalt, lifetime, mki }: CryptoKey): string {
  const power = lifetime === undefined ? undefined : Math.log2(lifetime);
  const lifetimeText = Number.isInteger(power) ? `2^${power}` : String(lifetime);
  return [
    `inline:${toBase64(Uint8Array.from([...masterKey, ...masterSalt]))}`,
    ...(lifetime === undefined ? [] : [lifetimeText]),
    ...(mki === undefined ? [] : [`${mki.value}:${mki.length}`]),
  ].join('|');
}

/** `undefined`: not what an encoder makes, but that padding may be missing, as some write it. */
function fromBase64(text: string): Uint8Array | undefined {
  const bare = text.replace(/=+$/, '');
  let binary: string;
  try {
    binary = atob(bare);
  } catch {
    return undefined;
  }
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const encoded = toBase64(bytes);
  return text === encoded || text === encoded.replace(/=+$/, '') ? bytes : undefined;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
