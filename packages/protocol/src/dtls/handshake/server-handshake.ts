import { assert } from '@rivero/core';
import type { SrtpProfile } from '../../srtp/index.ts';
import { srtpProfiles } from '../../srtp/index.ts';
import { concatBytes } from '../byte-writer.ts';
import type { HmacSha256, KeyShare } from '../crypto/dtls-crypto.ts';
import { expandRecordKeys, extendedMasterSecret, finishedVerifyData } from '../key-schedule.ts';
import { parseCertificateMessage, serializeCertificateMessage } from '../message/certificate-message.ts';
import { clientCertificateTypes, serializeCertificateRequest } from '../message/certificate-request.ts';
import { parseClientHello, type ClientHello } from '../message/client-hello.ts';
import { parseClientKeyExchange } from '../message/client-key-exchange.ts';
import { parseNumberList, parseUseSrtp, serializeUseSrtp } from '../message/extensions.ts';
import { serializeHelloVerifyRequest } from '../message/hello-verify-request.ts';
import { serializeServerHello } from '../message/server-hello.ts';
import { serializeKeyParameters, serializeServerKeyExchange } from '../message/server-key-exchange.ts';
import { parseCertificateVerify } from '../message/signed.ts';
import {
  cipherSuites,
  dtls12,
  extensionType,
  groupNumbers,
  groups,
  handshakeType,
  renegotiationScsv,
  signatureSchemeNumbers,
} from '../parameters.ts';
import type { FlightItem } from './flight.ts';
import {
  chooseScheme,
  failed,
  type Handshake,
  type HandshakeOptions,
  type HandshakeStep,
  judgeChain,
  Transcript,
  wait,
} from './handshake.ts';
import type { HandshakeMessage } from './handshake-message.ts';

type Expected = 'client-hello' | 'certificate' | 'client-key-exchange' | 'certificate-verify' | 'finished' | 'nothing';

const nothing = new Uint8Array(0);

/** The server's side of RFC 5246 section 7.3 with RFC 6347's cookie, always asking for the client's certificate. */
export class ServerHandshake implements Handshake {
  readonly #options: HandshakeOptions;
  readonly #transcript = new Transcript();
  readonly serverRandom: Uint8Array;
  clientRandom: Uint8Array = nothing;
  masterSecret: HmacSha256 | undefined;
  srtpProfile: SrtpProfile | undefined;
  #expected: Expected = 'client-hello';
  #sendSequence = 0;
  #keyShare: KeyShare | undefined;
  peerCertificate: Uint8Array = nothing;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.serverRandom = options.random(32);
  }

  start(): HandshakeStep {
    return wait;
  }

  handleMessage(message: HandshakeMessage, epoch: number): HandshakeStep {
    const isFinished = this.#expected === 'finished';
    if (epoch !== (isFinished ? 1 : 0)) return failed('unexpected-message');
    switch (this.#expected) {
      case 'client-hello':
        return message.type === handshakeType.clientHello ? this.#handleHello(message) : failed('unexpected-message');
      case 'certificate':
        return message.type === handshakeType.certificate
          ? this.#handleCertificate(message)
          : failed('unexpected-message');
      case 'client-key-exchange':
        return message.type === handshakeType.clientKeyExchange
          ? this.#handleKeyExchange(message)
          : failed('unexpected-message');
      case 'certificate-verify':
        return message.type === handshakeType.certificateVerify
          ? this.#handleVerify(message)
          : failed('unexpected-message');
      case 'finished':
        return message.type === handshakeType.finished ? this.#handleFinished(message) : failed('unexpected-message');
      case 'nothing':
        return wait;
    }
  }

  #handleHello(message: HandshakeMessage): HandshakeStep {
    const hello = parseClientHello(message.body);
    if (hello === 'malformed') return failed('malformed-message');
    const { cookie } = this.#options;
    if (cookie !== undefined) {
      const expected = this.#cookieFor(hello, cookie);
      if (!this.#options.crypto.isEqual(expected, hello.cookie)) {
        const request = {
          type: handshakeType.helloVerifyRequest,
          sequence: message.sequence,
          body: serializeHelloVerifyRequest(expected),
        };
        return { type: 'send', items: [{ epoch: 0, message: request }], timer: false, isEstablished: false };
      }
    }
    return this.#answerHello(hello, message);
  }

  #cookieFor(hello: ClientHello, cookie: { readonly secret: Uint8Array; readonly address: Uint8Array }): Uint8Array {
    return this.#options.crypto.hmacSha256(cookie.secret)(cookie.address, hello.random).subarray(0, 20);
  }

  #answerHello(hello: ClientHello, message: HandshakeMessage): HandshakeStep {
    const { certificate, crypto } = this.#options;
    // A client of DTLS 1.3 says 1.2 here and the rest in supported_versions (RFC 9147 section 5.3).
    if (hello.version > dtls12) return failed('version-unsupported');
    const suite = cipherSuites[certificate.type];
    if (!hello.cipherSuites.includes(suite) || !hello.compressionMethods.includes(0))
      return failed('no-common-cipher-suite');
    if (!hello.extensions.has(extensionType.extendedMasterSecret)) return failed('extended-master-secret-missing');
    const offeredGroups = parseNumberList(hello.extensions.get(extensionType.supportedGroups));
    const group = groups.find((name) => offeredGroups.includes(groupNumbers[name]));
    if (group === undefined) return failed('no-common-group');
    const scheme = chooseScheme(certificate, parseNumberList(hello.extensions.get(extensionType.signatureAlgorithms)));
    if (scheme === undefined) return failed('no-common-signature-scheme');
    const offeredProfiles = parseUseSrtp(hello.extensions.get(extensionType.useSrtp));
    this.srtpProfile = this.#options.srtpProfiles.find((name) => offeredProfiles.includes(srtpProfiles[name].dtlsId));
    if (this.srtpProfile === undefined) return failed('no-common-srtp-profile');

    this.clientRandom = hello.random.slice();
    this.#transcript.append(message);
    this.#sendSequence = message.sequence;
    this.#keyShare = crypto.generateKeyShare(group);
    const parameters = serializeKeyParameters(groupNumbers[group], this.#keyShare.publicKey);
    const signature = crypto.sign(certificate, scheme, concatBytes([hello.random, this.serverRandom, parameters]));
    this.#expected = 'certificate';
    return {
      type: 'send',
      timer: true,
      isEstablished: false,
      items: [
        this.#message(
          handshakeType.serverHello,
          this.#serverHello(hello, suite, srtpProfiles[this.srtpProfile].dtlsId),
        ),
        this.#message(handshakeType.certificate, serializeCertificateMessage([certificate.der])),
        this.#message(handshakeType.serverKeyExchange, serializeServerKeyExchange(parameters, { scheme, signature })),
        this.#message(
          handshakeType.certificateRequest,
          serializeCertificateRequest({
            certificateTypes: Uint8Array.of(clientCertificateTypes.ecdsa, clientCertificateTypes.rsa),
            signatureSchemes: signatureSchemeNumbers,
          }),
        ),
        this.#message(handshakeType.serverHelloDone, nothing),
      ],
    };
  }

  #serverHello(hello: ClientHello, cipherSuite: number, profile: number): Uint8Array {
    const extensions = new Map<number, Uint8Array>([
      [extensionType.extendedMasterSecret, nothing],
      [extensionType.useSrtp, serializeUseSrtp([profile])],
    ]);
    if (hello.extensions.has(extensionType.renegotiationInfo) || hello.cipherSuites.includes(renegotiationScsv)) {
      extensions.set(extensionType.renegotiationInfo, Uint8Array.of(0));
    }
    if (hello.extensions.has(extensionType.ecPointFormats))
      extensions.set(extensionType.ecPointFormats, Uint8Array.of(1, 0));
    return serializeServerHello({
      version: dtls12,
      random: this.serverRandom,
      sessionId: nothing,
      cipherSuite,
      compressionMethod: 0,
      extensions,
    });
  }

  #handleCertificate(message: HandshakeMessage): HandshakeStep {
    const chain = parseCertificateMessage(message.body);
    if (chain === 'malformed') return failed('malformed-message');
    const own = judgeChain(chain, this.#options.remoteFingerprints);
    if (typeof own === 'string') return failed(own);
    this.peerCertificate = own;
    this.#transcript.append(message);
    this.#expected = 'client-key-exchange';
    return wait;
  }

  #handleKeyExchange(message: HandshakeMessage): HandshakeStep {
    const { crypto, records } = this.#options;
    const publicKey = parseClientKeyExchange(message.body);
    if (publicKey === 'malformed') return failed('malformed-message');
    const premaster = this.#keyShare?.computeSecret(publicKey) ?? 'bad-public-key';
    if (typeof premaster === 'string') return failed('bad-public-key');
    this.#transcript.append(message);
    this.masterSecret = extendedMasterSecret(crypto, premaster, this.#transcript.hash(crypto));
    records.installKeys(expandRecordKeys(this.masterSecret, this.clientRandom, this.serverRandom), 'server');
    this.#keyShare = undefined;
    this.#expected = 'certificate-verify';
    return wait;
  }

  #handleVerify(message: HandshakeMessage): HandshakeStep {
    const verify = parseCertificateVerify(message.body);
    if (verify === 'malformed') return failed('malformed-message');
    const { scheme, signature } = verify;
    const isRight = this.#options.crypto.verify(this.peerCertificate, scheme, this.#transcript.bytes(), signature);
    if (!isRight) return failed('bad-signature');
    this.#transcript.append(message);
    this.#expected = 'finished';
    return wait;
  }

  #handleFinished(message: HandshakeMessage): HandshakeStep {
    const { crypto } = this.#options;
    assert(this.masterSecret !== undefined, 'the client sent its key share before');
    const expected = finishedVerifyData(this.masterSecret, 'client', this.#transcript.hash(crypto));
    if (!crypto.isEqual(expected, message.body)) return failed('bad-finished');
    this.#transcript.append(message);
    const own = finishedVerifyData(this.masterSecret, 'server', this.#transcript.hash(crypto));
    this.#expected = 'nothing';
    const finished = { type: handshakeType.finished, sequence: this.#sendSequence++, body: own };
    return {
      type: 'send',
      items: ['change-cipher-spec', { epoch: 1, message: finished }],
      timer: false,
      isEstablished: true,
    };
  }

  #message(type: number, body: Uint8Array): FlightItem {
    const message = { type, sequence: this.#sendSequence++, body };
    this.#transcript.append(message);
    return { epoch: 0, message };
  }
}
