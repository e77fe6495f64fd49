import { assert } from '@rivero/core';
import { type SrtpProfile, srtpProfiles } from '../../srtp/index.ts';
import { concatBytes } from '../byte-writer.ts';
import type { HmacSha256 } from '../crypto/dtls-crypto.ts';
import { expandRecordKeys, extendedMasterSecret, finishedVerifyData } from '../key-schedule.ts';
import { parseCertificateMessage, serializeCertificateMessage } from '../message/certificate-message.ts';
import { parseCertificateRequest } from '../message/certificate-request.ts';
import { serializeClientHello } from '../message/client-hello.ts';
import { serializeClientKeyExchange } from '../message/client-key-exchange.ts';
import { parseUseSrtp, serializeNumberList, serializeUseSrtp } from '../message/extensions.ts';
import { parseHelloVerifyRequest } from '../message/hello-verify-request.ts';
import { parseServerHello } from '../message/server-hello.ts';
import { parseServerKeyExchange, type ServerKeyExchange } from '../message/server-key-exchange.ts';
import { serializeSignature } from '../message/signed.ts';
import {
  cipherSuites,
  dtls12,
  extensionType,
  type Group,
  groupNumbers,
  groups,
  handshakeType,
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

type Expected =
  | 'server-hello'
  | 'certificate'
  | 'server-key-exchange'
  | 'certificate-request'
  | 'server-hello-done'
  | 'finished'
  | 'nothing';

const nothing = new Uint8Array(0);

/** The client's side of RFC 5246 section 7.3 with RFC 6347's cookie. */
export class ClientHandshake implements Handshake {
  readonly #options: HandshakeOptions;
  readonly #transcript = new Transcript();
  readonly clientRandom: Uint8Array;
  serverRandom: Uint8Array = nothing;
  masterSecret: HmacSha256 | undefined;
  srtpProfile: SrtpProfile | undefined;
  #expected: Expected = 'server-hello';
  #hasCookie = false;
  #sendSequence = 0;
  peerCertificate: Uint8Array = nothing;
  #keyExchange: ServerKeyExchange | undefined;
  /** Schemes of the server's CertificateRequest; undefined when it asked for none. */
  #requestedSchemes: readonly number[] | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.clientRandom = options.random(32);
  }

  start(): HandshakeStep {
    return { type: 'send', items: [this.#hello(nothing)], timer: true, isEstablished: false };
  }

  handleMessage(message: HandshakeMessage, epoch: number): HandshakeStep {
    if (epoch !== (this.#expected === 'finished' ? 1 : 0)) return failed('unexpected-message');
    switch (this.#expected) {
      case 'server-hello':
        if (message.type === handshakeType.helloVerifyRequest) return this.#handleCookie(message);
        return message.type === handshakeType.serverHello ? this.#handleHello(message) : failed('unexpected-message');
      case 'certificate':
        return message.type === handshakeType.certificate
          ? this.#handleCertificate(message)
          : failed('unexpected-message');
      case 'server-key-exchange':
        return message.type === handshakeType.serverKeyExchange
          ? this.#handleKeyExchange(message)
          : failed('unexpected-message');
      case 'certificate-request':
        if (message.type === handshakeType.certificateRequest) return this.#handleRequest(message);
        return message.type === handshakeType.serverHelloDone
          ? this.#handleDone(message)
          : failed('unexpected-message');
      case 'server-hello-done':
        return message.type === handshakeType.serverHelloDone
          ? this.#handleDone(message)
          : failed('unexpected-message');
      case 'finished':
        return message.type === handshakeType.finished ? this.#handleFinished(message) : failed('unexpected-message');
      case 'nothing':
        return wait;
    }
  }

  #hello(cookie: Uint8Array): FlightItem {
    const profiles = this.#options.srtpProfiles.map((name) => srtpProfiles[name].dtlsId);
    const body = serializeClientHello({
      version: dtls12,
      random: this.clientRandom,
      sessionId: nothing,
      cookie,
      cipherSuites: Object.values(cipherSuites),
      compressionMethods: Uint8Array.of(0),
      extensions: new Map<number, Uint8Array>([
        [extensionType.supportedGroups, serializeNumberList(groups.map((name) => groupNumbers[name]))],
        [extensionType.ecPointFormats, Uint8Array.of(1, 0)],
        [extensionType.signatureAlgorithms, serializeNumberList(signatureSchemeNumbers)],
        [extensionType.useSrtp, serializeUseSrtp(profiles)],
        [extensionType.extendedMasterSecret, nothing],
        [extensionType.renegotiationInfo, Uint8Array.of(0)],
      ]),
    });
    return this.#message(handshakeType.clientHello, body);
  }

  #handleCookie(message: HandshakeMessage): HandshakeStep {
    const cookie = parseHelloVerifyRequest(message.body);
    if (cookie === 'malformed') return failed('malformed-message');
    if (this.#hasCookie) return failed('unexpected-message');
    this.#hasCookie = true;
    this.#transcript.clear();
    return { type: 'send', items: [this.#hello(cookie)], timer: true, isEstablished: false };
  }

  #handleHello(message: HandshakeMessage): HandshakeStep {
    const hello = parseServerHello(message.body);
    if (hello === 'malformed') return failed('malformed-message');
    if (hello.version !== dtls12) return failed('version-unsupported');
    if (!Object.values<number>(cipherSuites).includes(hello.cipherSuite)) return failed('no-common-cipher-suite');
    if (hello.compressionMethod !== 0) return failed('illegal-parameter');
    if (!hello.extensions.has(extensionType.extendedMasterSecret)) return failed('extended-master-secret-missing');
    const renegotiation = hello.extensions.get(extensionType.renegotiationInfo);
    if (renegotiation !== undefined && (renegotiation.length !== 1 || renegotiation[0] !== 0))
      return failed('illegal-parameter');
    const [profile, ...more] = parseUseSrtp(hello.extensions.get(extensionType.useSrtp));
    this.srtpProfile = this.#options.srtpProfiles.find((name) => srtpProfiles[name].dtlsId === profile);
    if (this.srtpProfile === undefined || more.length > 0) return failed('no-common-srtp-profile');
    this.serverRandom = hello.random.slice();
    return this.#next(message, 'certificate');
  }

  #handleCertificate(message: HandshakeMessage): HandshakeStep {
    const chain = parseCertificateMessage(message.body);
    if (chain === 'malformed') return failed('malformed-message');
    const own = judgeChain(chain, this.#options.remoteFingerprints);
    if (typeof own === 'string') return failed(own);
    this.peerCertificate = own;
    return this.#next(message, 'server-key-exchange');
  }

  #handleKeyExchange(message: HandshakeMessage): HandshakeStep {
    const exchange = parseServerKeyExchange(message.body);
    if (exchange === 'malformed') return failed('malformed-message');
    const signed = concatBytes([this.clientRandom, this.serverRandom, exchange.parameters]);
    const { scheme, signature } = exchange.signed;
    if (!this.#options.crypto.verify(this.peerCertificate, scheme, signed, signature)) return failed('bad-signature');
    this.#keyExchange = exchange;
    return this.#next(message, 'certificate-request');
  }

  #handleRequest(message: HandshakeMessage): HandshakeStep {
    const request = parseCertificateRequest(message.body);
    if (request === 'malformed') return failed('malformed-message');
    this.#requestedSchemes = request.signatureSchemes;
    return this.#next(message, 'server-hello-done');
  }

  #handleDone(message: HandshakeMessage): HandshakeStep {
    const { crypto, certificate, records } = this.#options;
    if (message.body.length > 0 || this.#keyExchange === undefined) return failed('malformed-message');
    const { group: number, publicKey } = this.#keyExchange;
    const group = groups.find((name): name is Group => groupNumbers[name] === number);
    if (group === undefined) return failed('no-common-group');
    const share = crypto.generateKeyShare(group);
    const premaster = share.computeSecret(publicKey);
    if (typeof premaster === 'string') return failed('bad-public-key');
    const scheme = this.#requestedSchemes && chooseScheme(certificate, this.#requestedSchemes);
    if (this.#requestedSchemes !== undefined && scheme === undefined) return failed('no-common-signature-scheme');

    this.#next(message, 'finished');
    const items: FlightItem[] = [];
    if (scheme !== undefined) {
      items.push(this.#message(handshakeType.certificate, serializeCertificateMessage([certificate.der])));
    }
    items.push(this.#message(handshakeType.clientKeyExchange, serializeClientKeyExchange(share.publicKey)));
    this.masterSecret = extendedMasterSecret(crypto, premaster, this.#transcript.hash(crypto));
    records.installKeys(expandRecordKeys(this.masterSecret, this.clientRandom, this.serverRandom), 'client');
    if (scheme !== undefined) {
      const signature = crypto.sign(certificate, scheme, this.#transcript.bytes());
      items.push(this.#message(handshakeType.certificateVerify, serializeSignature({ scheme, signature })));
    }
    const verifyData = finishedVerifyData(this.masterSecret, 'client', this.#transcript.hash(crypto));
    const finished = { type: handshakeType.finished, sequence: this.#sendSequence++, body: verifyData };
    this.#transcript.append(finished);
    items.push('change-cipher-spec', { epoch: 1, message: finished });
    return { type: 'send', items, timer: true, isEstablished: false };
  }

  #handleFinished(message: HandshakeMessage): HandshakeStep {
    const { crypto } = this.#options;
    assert(this.masterSecret !== undefined, 'the server sent its key share before');
    const expected = finishedVerifyData(this.masterSecret, 'server', this.#transcript.hash(crypto));
    if (!crypto.isEqual(expected, message.body)) return failed('bad-finished');
    this.#expected = 'nothing';
    return { type: 'established' };
  }

  #next(message: HandshakeMessage, expected: Expected): HandshakeStep {
    this.#transcript.append(message);
    this.#expected = expected;
    return wait;
  }

  #message(type: number, body: Uint8Array): FlightItem {
    const message = { type, sequence: this.#sendSequence++, body };
    this.#transcript.append(message);
    return { epoch: 0, message };
  }
}
