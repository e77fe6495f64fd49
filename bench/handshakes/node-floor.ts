import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import type { DtlsCertificate } from '@rivero/protocol/dtls';

/** SubjectPublicKeyInfo in front of the 32 bytes of an X25519 key (RFC 8410 section 4). */
const x25519Prefix = Buffer.from('302a300506032b656e032100', 'hex');

/** Of all messages of a handshake that are hashed and signed. */
const transcriptBytes = 1_200;
/** A handshake header and the verify_data (RFC 6347 section 4.2.2, RFC 5246 section 7.4.9). */
const finishedBytes = 12 + 12;

/**
 * The least that Node can do for the server's side of one DTLS 1.2 handshake as browsers make it, X25519 with ECDSA P-256
 * certificates, AES-128-GCM and SHA-256 (RFC 5246, 5288, 5764, 7627, 8422): the primitives of node:crypto, each
 * called in the way that is cheapest in Node 24, and nothing else. They are
 *
 * - the server's random;
 * - an X25519 key pair, its public key as bytes, the peer's key from bytes, the shared secret;
 * - one ECDSA signature (ServerKeyExchange), and of the client's certificate SHA-256 (its fingerprint), parsing, its key
 *   and one verification (CertificateVerify);
 * - SHA-256 of the transcript three times: extended master secret, both Finished;
 * - HMAC-SHA-256 sixteen times: four each for the master secret, the record keys and the SRTP keys, two for each Finished;
 * - AES-128-GCM under two keys: the client's Finished opened, the server's sealed.
 */
export class NodeFloor {
  readonly #certificate: DtlsCertificate;
  readonly #peer: DtlsCertificate;
  readonly #peerKey = generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  readonly #transcript = randomBytes(transcriptBytes);
  readonly #signature: Buffer;
  readonly #readKey = randomBytes(16);
  readonly #sealed: Sealed;

  constructor(certificate: DtlsCertificate, peer: DtlsCertificate) {
    this.#certificate = certificate;
    this.#peer = peer;
    this.#signature = sign('sha256', this.#transcript, peer.privateKey);
    this.#sealed = seal(createSecretKey(this.#readKey), this.#transcript.subarray(0, finishedBytes));
  }

  /** So many, one after the other. */
  handshake(count: number): void {
    for (let i = 0; i < count; i++) this.#handshakeOnce();
  }

  #handshakeOnce(): void {
    const random = randomBytes(32);
    const { publicKey, secret } = exchangeKeys(this.#peerKey);
    sign('sha256', Buffer.concat([random, random, publicKey]), this.#certificate.privateKey);

    hash('sha256', this.#peer.der, 'hex');
    const { publicKey: peerKey } = new X509Certificate(this.#peer.der);
    if (!verify('sha256', this.#transcript, peerKey, this.#signature)) throw new Error('the signature is right');

    const seed = hash('sha256', this.#transcript, 'buffer');
    for (let finished = 0; finished < 2; finished++) hash('sha256', this.#transcript, 'buffer');
    const master = repeatHmac(createSecretKey(secret), seed, 4);
    const keys = repeatHmac(createSecretKey(master), seed, 12);

    if (open(createSecretKey(this.#readKey), this.#sealed).length !== finishedBytes)
      throw new Error('it is opened whole');
    seal(createSecretKey(keys.subarray(16)), this.#transcript.subarray(0, finishedBytes));
  }
}

/** Keys go out as JWK and come in as PEM: by DER, Node 24 takes 20 and 15 microseconds longer. */
function exchangeKeys(peerKey: Uint8Array): { readonly publicKey: Buffer; readonly secret: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const pem = Buffer.concat([x25519Prefix, peerKey]).toString('base64');
  const peer = createPublicKey(`-----BEGIN PUBLIC KEY-----\n${pem}\n-----END PUBLIC KEY-----`);
  return {
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
    secret: diffieHellman({ privateKey, publicKey: peer }),
  };
}

function repeatHmac(key: KeyObject, seed: Uint8Array, times: number): Buffer {
  let last = createHmac('sha256', key).update(seed).digest();
  for (let i = 1; i < times; i++) last = createHmac('sha256', key).update(last).digest();
  return last;
}

interface Sealed {
  readonly nonce: Uint8Array;
  readonly additionalData: Uint8Array;
  readonly bytes: Uint8Array;
  readonly tag: Uint8Array;
}

function seal(key: KeyObject, plaintext: Uint8Array): Sealed {
  const [nonce, additionalData] = [new Uint8Array(12), new Uint8Array(13)];
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  cipher.setAAD(additionalData);
  const bytes = cipher.update(plaintext);
  cipher.final();
  return { nonce, additionalData, bytes, tag: cipher.getAuthTag() };
}

function open(key: KeyObject, { nonce, additionalData, bytes, tag }: Sealed): Uint8Array {
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: tag.length });
  decipher.setAAD(additionalData);
  decipher.setAuthTag(tag);
  const plaintext = decipher.update(bytes);
  decipher.final();
  return plaintext;
}
