import { describe, expect, it } from 'vitest';
import { nodeDtlsCrypto } from '../crypto/node-dtls-crypto.ts';
import type { DtlsCertificate, DtlsCrypto, DtlsOptions } from '../index.ts';
import { serializeCertificateMessage } from '../message/certificate-message.ts';
import { cipherSuites, extensionType, handshakeType } from '../parameters.ts';
import { type Carry, certificate, pair, run, type Side } from './pair.ts';
import { changeClientHello, changeMessages, changeRecords, changeServerHello, without } from './tampering.ts';

/** What both sides come to. */
function outcome(client: Partial<DtlsOptions>, server: Partial<DtlsOptions>, carry?: Carry) {
  const both = pair(client, server);
  const { client: a, server: b } = run(both, carry);
  return { client: a.closed, server: b.closed, clientKeys: a.srtp, serverKeys: b.srtp };
}

/** Changes every datagram of one side. */
function changing(side: Side, change: (datagram: Uint8Array) => Uint8Array): Carry {
  return (datagrams, from) => (from === side ? datagrams.map(change) : datagrams);
}

function flipLast(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed[changed.length - 1] ^= 1;
  return changed;
}

/** A side whose Finished is wrong, with the right keys. */
function garbageFinished(side: Side): DtlsCrypto {
  return {
    ...nodeDtlsCrypto,
    hmacSha256: (key) => {
      const hmac = nodeDtlsCrypto.hmacSha256(key);
      return (...parts) => {
        const right = hmac(...parts);
        return Buffer.concat(parts).includes(`${side} finished`) ? flipLast(right) : right;
      };
    },
  };
}

/** Somebody else's certificate with our key. */
function stolen(victim: DtlsCertificate, own: DtlsCertificate): DtlsCertificate {
  return { ...victim, privateKey: own.privateKey };
}

describe('a DTLS server', () => {
  it.each(['ecdsa', 'rsa'] as const)('refuses a client with an %s certificate but not its key', (type) => {
    const thief = stolen(certificate(type), certificate(`${type}-other`));
    const result = outcome({ certificate: thief }, {});
    expect(result.server).toBe('bad-signature');
    expect(result.serverKeys).toBeUndefined();
    expect(result.clientKeys).toBeUndefined();
  });

  it('refuses a client whose certificate has another fingerprint', () => {
    const result = outcome({}, { remoteFingerprints: [certificate('rsa').fingerprint] });
    expect(result.server).toBe('fingerprint-mismatch');
    expect(result.serverKeys).toBeUndefined();
  });

  it('refuses every client when no fingerprint is known', () => {
    expect(outcome({}, { remoteFingerprints: [] }).server).toBe('fingerprint-mismatch');
  });

  it("believes only the first certificate of a chain, not the victim's behind it", () => {
    const chain = serializeCertificateMessage([certificate('rsa').der, certificate('ecdsa').der]);
    const carry = changing('client', (datagram) => changeMessages(datagram, handshakeType.certificate, () => chain));
    expect(outcome({}, {}, carry).server).toBe('fingerprint-mismatch');
  });

  it('refuses a client without a certificate', () => {
    const none = serializeCertificateMessage([]);
    const carry = changing('client', (datagram) => changeMessages(datagram, handshakeType.certificate, () => none));
    expect(outcome({}, {}, carry).server).toBe('certificate-missing');
  });

  it('refuses a changed CertificateVerify', () => {
    const carry = changing('client', (datagram) => changeMessages(datagram, handshakeType.certificateVerify, flipLast));
    expect(outcome({}, {}, carry).server).toBe('bad-signature');
  });

  it('refuses a garbage Finished', () => {
    const result = outcome({ crypto: garbageFinished('client') }, {});
    expect(result.server).toBe('bad-finished');
    expect(result.serverKeys).toBeUndefined();
    expect(result.clientKeys).toBeUndefined();
  });

  it('notices that somebody took its best SRTP profile out of the offer', () => {
    const weaken = changing('client', (datagram) =>
      changeClientHello(datagram, (hello) => ({
        ...hello,
        extensions: new Map(hello.extensions).set(extensionType.useSrtp, Uint8Array.of(0, 2, 0, 1, 0)),
      })),
    );
    const result = outcome({}, {}, weaken);
    expect(result.server).toBe('bad-signature');
    expect(result.clientKeys).toBeUndefined();
  });

  it.each([
    ['extended-master-secret-missing', extensionType.extendedMasterSecret],
    ['no-common-srtp-profile', extensionType.useSrtp],
    ['no-common-group', extensionType.supportedGroups],
    ['no-common-signature-scheme', extensionType.signatureAlgorithms],
  ])('answers %s when extension %i is not offered', (failure, extension) => {
    const carry = changing('client', (datagram) => changeClientHello(datagram, (hello) => without(hello, extension)));
    expect(outcome({}, {}, carry).server).toBe(failure);
  });

  it.each([
    ['version-unsupported', { version: 0xfeff }],
    ['no-common-cipher-suite', { cipherSuites: [cipherSuites.rsa] }],
    ['no-common-cipher-suite', { compressionMethods: Uint8Array.of(1) }],
  ])('answers %s to a ClientHello with %j', (failure, fields) => {
    const carry = changing('client', (datagram) => changeClientHello(datagram, (hello) => ({ ...hello, ...fields })));
    expect(outcome({}, {}, carry).server).toBe(failure);
  });

  it('refuses a public key that is no point of the curve', () => {
    const zero = new Uint8Array(33);
    zero[0] = 32;
    const carry = changing('client', (datagram) =>
      changeMessages(datagram, handshakeType.clientKeyExchange, () => zero),
    );
    expect(outcome({}, {}, carry).server).toBe('bad-public-key');
  });
});

describe('a DTLS client', () => {
  it.each(['ecdsa', 'rsa'] as const)(
    'refuses a ServerKeyExchange not signed by the key of its %s certificate',
    (type) => {
      const thief = stolen(certificate(type), certificate(`${type}-other`));
      const result = outcome({}, { certificate: thief });
      expect(result.client).toBe('bad-signature');
      expect(result.clientKeys).toBeUndefined();
      expect(result.serverKeys).toBeUndefined();
    },
  );

  it('refuses a ServerKeyExchange whose key somebody changed', () => {
    const change = (body: Uint8Array): Uint8Array => {
      const changed = body.slice();
      changed[10] ^= 1;
      return changed;
    };
    const carry = changing('server', (datagram) => changeMessages(datagram, handshakeType.serverKeyExchange, change));
    expect(outcome({}, {}, carry).client).toBe('bad-signature');
  });

  it('refuses a ServerKeyExchange that was signed for another handshake', () => {
    let first: Uint8Array | undefined;
    const carry = changing('server', (datagram) =>
      changeMessages(datagram, handshakeType.serverKeyExchange, (body) => (first ??= body.slice())),
    );
    expect(outcome({}, {}, carry).client).toBeUndefined();
    const random = (length: number): Uint8Array => new Uint8Array(length).fill(9);
    expect(outcome({ random }, {}, carry).client).toBe('bad-signature');
  });

  it('refuses a server whose certificate has another fingerprint', () => {
    const result = outcome({ remoteFingerprints: [certificate('rsa').fingerprint] }, {});
    expect(result.client).toBe('fingerprint-mismatch');
    expect(result.clientKeys).toBeUndefined();
  });

  it('refuses a garbage Finished', () => {
    const result = outcome({}, { crypto: garbageFinished('server') });
    expect(result.client).toBe('bad-finished');
    expect(result.clientKeys).toBeUndefined();
  });

  it.each([
    ['extended-master-secret-missing', extensionType.extendedMasterSecret],
    ['no-common-srtp-profile', extensionType.useSrtp],
  ])('answers %s when extension %i is not answered', (failure, extension) => {
    const carry = changing('server', (datagram) => changeServerHello(datagram, (hello) => without(hello, extension)));
    expect(outcome({}, {}, carry).client).toBe(failure);
  });

  it.each([
    ['version-unsupported', { version: 0xfeff }],
    ['no-common-cipher-suite', { cipherSuite: 0x1301 }],
    ['illegal-parameter', { compressionMethod: 1 }],
  ])('answers %s to a ServerHello with %j', (failure, fields) => {
    const carry = changing('server', (datagram) => changeServerHello(datagram, (hello) => ({ ...hello, ...fields })));
    expect(outcome({}, {}, carry).client).toBe(failure);
  });

  it.each([
    ['a profile that was not offered', Uint8Array.of(0, 2, 0, 7, 0)],
    ['two profiles', Uint8Array.of(0, 4, 0, 1, 0, 7, 0)],
    ['no profile', Uint8Array.of(0, 0, 0)],
  ])('refuses %s', (_, answer) => {
    const carry = changing('server', (datagram) =>
      changeServerHello(datagram, (hello) => ({
        ...hello,
        extensions: new Map(hello.extensions).set(extensionType.useSrtp, answer),
      })),
    );
    const result = outcome({ srtpProfiles: ['AES128_CM_HMAC_SHA1_80'] }, {}, carry);
    expect(result.client).toBe('no-common-srtp-profile');
  });

  it('comes to nothing when somebody changed the cipher suite', () => {
    const carry = changing('server', (datagram) =>
      changeServerHello(datagram, (hello) => ({ ...hello, cipherSuite: cipherSuites.rsa })),
    );
    const result = outcome({}, {}, carry);
    expect(result.server).toBe('bad-signature');
    expect(result.clientKeys).toBeUndefined();
    expect(result.serverKeys).toBeUndefined();
  });
});

describe.each(['client', 'server'] as const)('a right Finished of the %s', (side) => {
  it('is refused when it is not under the keys', () => {
    let finished = new Uint8Array(0);
    const crypto: DtlsCrypto = {
      ...nodeDtlsCrypto,
      createRecordCipher: (key) => {
        const cipher = nodeDtlsCrypto.createRecordCipher(key);
        const seal: typeof cipher.seal = (nonce, data, plaintext) => {
          finished = plaintext.slice();
          return cipher.seal(nonce, data, plaintext);
        };
        return { ...cipher, seal };
      },
    };
    const strip = changing(side, (datagram) =>
      changeRecords(datagram, (record) => [record.epoch === 1 ? { ...record, epoch: 0, fragment: finished } : record]),
    );
    const result = side === 'client' ? outcome({ crypto }, {}, strip) : outcome({}, { crypto }, strip);
    expect(finished[0]).toBe(handshakeType.finished);
    expect(result[side === 'client' ? 'server' : 'client']).toBe('handshake-timeout');
  });
});
