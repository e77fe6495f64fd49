import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../byte-reader.ts';
import { dtls12, extensionType } from '../parameters.ts';
import { parseCertificateMessage, serializeCertificateMessage } from './certificate-message.ts';
import { parseCertificateRequest, serializeCertificateRequest } from './certificate-request.ts';
import { type ClientHello, parseClientHello, serializeClientHello } from './client-hello.ts';
import { parseClientKeyExchange, serializeClientKeyExchange } from './client-key-exchange.ts';
import {
  parseExtensions,
  parseNumberList,
  parseUseSrtp,
  serializeExtensions,
  serializeNumberList,
  serializeUseSrtp,
} from './extensions.ts';
import { parseHelloVerifyRequest, serializeHelloVerifyRequest } from './hello-verify-request.ts';
import { parseServerHello, serializeServerHello, type ServerHello } from './server-hello.ts';
import { parseServerKeyExchange, serializeKeyParameters, serializeServerKeyExchange } from './server-key-exchange.ts';
import { parseCertificateVerify, serializeSignature } from './signed.ts';

const random = Uint8Array.from({ length: 32 }, (_, i) => i);
const extensions = new Map([
  [extensionType.useSrtp, serializeUseSrtp([7, 1])],
  [extensionType.extendedMasterSecret, new Uint8Array(0)],
]);
const clientHello: ClientHello = {
  version: dtls12,
  random,
  sessionId: Uint8Array.of(1, 2),
  cookie: Uint8Array.of(3),
  cipherSuites: [0xc02b, 0xc02f],
  compressionMethods: Uint8Array.of(0),
  extensions,
};
const serverHello: ServerHello = {
  version: dtls12,
  random,
  sessionId: Uint8Array.of(9),
  cipherSuite: 0xc02b,
  compressionMethod: 0,
  extensions,
};
const parameters = serializeKeyParameters(29, random);
const signed = { scheme: 0x0403, signature: Uint8Array.of(4, 5, 6) };

interface Row {
  readonly name: string;
  readonly parse: (body: Uint8Array) => unknown;
  readonly bytes: Uint8Array;
  readonly value: unknown;
}

const rows: readonly Row[] = [
  { name: 'ClientHello', parse: parseClientHello, bytes: serializeClientHello(clientHello), value: clientHello },
  { name: 'ServerHello', parse: parseServerHello, bytes: serializeServerHello(serverHello), value: serverHello },
  {
    name: 'HelloVerifyRequest',
    parse: parseHelloVerifyRequest,
    bytes: serializeHelloVerifyRequest(random),
    value: random,
  },
  {
    name: 'Certificate',
    parse: parseCertificateMessage,
    bytes: serializeCertificateMessage([random, Uint8Array.of(1)]),
    value: [random, Uint8Array.of(1)],
  },
  {
    name: 'ServerKeyExchange',
    parse: parseServerKeyExchange,
    bytes: serializeServerKeyExchange(parameters, signed),
    value: { group: 29, publicKey: random, parameters, signed },
  },
  {
    name: 'CertificateRequest',
    parse: parseCertificateRequest,
    bytes: serializeCertificateRequest({ certificateTypes: Uint8Array.of(64, 1), signatureSchemes: [0x0403, 0x0401] }),
    value: { certificateTypes: Uint8Array.of(64, 1), signatureSchemes: [0x0403, 0x0401] },
  },
  {
    name: 'ClientKeyExchange',
    parse: parseClientKeyExchange,
    bytes: serializeClientKeyExchange(random),
    value: random,
  },
  { name: 'CertificateVerify', parse: parseCertificateVerify, bytes: serializeSignature(signed), value: signed },
];

/** A hello may end before its extensions: what is left then is a whole hello of old. */
function endBeforeExtensions({ name, bytes }: Row): number | undefined {
  return name.endsWith('Hello') ? bytes.length - serializeExtensions(extensions).length : undefined;
}

describe.each(rows)('$name', (row) => {
  const { parse, bytes, value } = row;

  it('is read as it was written', () => {
    expect(parse(bytes)).toEqual(value);
  });

  it('is malformed at every truncation', () => {
    for (let length = 0; length < bytes.length; length++) {
      if (length === endBeforeExtensions(row)) continue;
      expect(parse(bytes.subarray(0, length)), `${length} bytes`).toBe('malformed');
    }
  });

  it('is malformed with a byte behind its end', () => {
    expect(parse(Uint8Array.of(...bytes, 0))).toBe('malformed');
  });

  it('is read or malformed, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (random) => {
        parse(random);
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (place, byte) => {
        const changed = bytes.slice();
        changed[place] = byte;
        parse(changed);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a hello', () => {
  it('may have no extensions (RFC 5246 7.4.1.2)', () => {
    for (const row of rows.slice(0, 2)) {
      const hello = row.parse(row.bytes.subarray(0, endBeforeExtensions(row)));
      expect(hello).toMatchObject({ extensions: new Map() });
    }
  });

  it('is malformed when its session id is longer than 32 bytes', () => {
    const sessionId = new Uint8Array(33);
    expect(parseClientHello(serializeClientHello({ ...clientHello, sessionId }))).toBe('malformed');
    expect(parseServerHello(serializeServerHello({ ...serverHello, sessionId }))).toBe('malformed');
  });

  it('is malformed when an extension comes twice', () => {
    const twice = Uint8Array.of(0, 8, 0, 23, 0, 0, 0, 23, 0, 0);
    expect(parseExtensions(new ByteReader(twice))).toBeUndefined();
  });

  it('is malformed with more than 64 extensions', () => {
    const many = (count: number): Uint8Array =>
      serializeExtensions(new Map(Array.from({ length: count }, (_, type) => [type, new Uint8Array(0)])));
    expect(parseExtensions(new ByteReader(many(64)))?.size).toBe(64);
    expect(parseExtensions(new ByteReader(many(65)))).toBeUndefined();
  });
});

describe('the inside of an extension', () => {
  it('is nothing when it is missing, cut off, odd or too long', () => {
    for (const parse of [parseNumberList, parseUseSrtp]) {
      const whole = parse === parseUseSrtp ? serializeUseSrtp([7, 1]) : serializeNumberList([7, 1]);
      expect(parse(whole)).toEqual([7, 1]);
      expect(parse(undefined)).toEqual([]);
      for (let length = 0; length < whole.length; length++) expect(parse(whole.subarray(0, length))).toEqual([]);
      expect(parse(Uint8Array.of(...whole, 0))).toEqual([]);
      expect(parse(Uint8Array.of(0, 1, 7, 0))).toEqual([]);
    }
  });

  it('may hold an MKI, which is read past', () => {
    expect(parseUseSrtp(Uint8Array.of(0, 2, 0, 7, 2, 9, 9))).toEqual([7]);
  });
});

describe('a message', () => {
  it.each([
    ['a certificate of no bytes', parseCertificateMessage(Uint8Array.of(0, 0, 3, 0, 0, 0))],
    ['an empty client key', parseClientKeyExchange(Uint8Array.of(0))],
    ['explicit curve parameters', parseServerKeyExchange(Uint8Array.of(1, 0, 29, 1, 7, 4, 3, 0, 1, 1))],
  ])('is malformed with %s', (_, parsed) => {
    expect(parsed).toBe('malformed');
  });
});
