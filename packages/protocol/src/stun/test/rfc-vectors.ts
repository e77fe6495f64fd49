import { createHash } from 'node:crypto';
import { assert, type TransportAddress } from '@rivero/core';
import {
  type AttributeToSend,
  type IntegrityAlgorithm,
  parseStunMessage,
  type StunClass,
  type StunMessage,
} from '../index.ts';

/** A message that an RFC prints in full, and what its text says of it. */
export interface RfcVector {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly key: Uint8Array;
  readonly algorithm: IntegrityAlgorithm;
  readonly class: StunClass;
  readonly transactionId: Uint8Array;
  /** Those before the integrity attribute. */
  readonly attributes: readonly AttributeToSend[];
  readonly hasFingerprint: boolean;
  /** Its writer padded with zeros, as ours does, and not with spaces. */
  readonly isZeroPadded: boolean;
  readonly mapped?: TransportAddress;
}

const encoder = new TextEncoder();

/** Bytes from hexadecimal digits with spaces anywhere. */
export function hex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'));
}

/** The message of bytes that have to be one. */
export function parsed(bytes: Uint8Array): StunMessage {
  const message = parseStunMessage(bytes);
  assert(typeof message !== 'string', 'a valid message is no defect');
  return message;
}

function text(type: number, value: string): AttributeToSend {
  return { type, value: encoder.encode(value) };
}

const shortTerm = {
  key: encoder.encode('VOkJxbRl1RmTxUk/WvJxBt'),
  algorithm: 'sha1',
  transactionId: hex('b7e7a701bc34d686fa87dfae'),
  hasFingerprint: true,
  isZeroPadded: false,
} as const;

/** The user of the long-term vectors: MATRIX in Katakana. */
const matrix = '\u30de\u30c8\u30ea\u30c3\u30af\u30b9';

const longTerm = {
  key: new Uint8Array(createHash('md5').update(`${matrix}:example.org:TheMatrIX`).digest()),
  class: 'request',
  transactionId: hex('78ad3433c6ad72c029da412e'),
  hasFingerprint: false,
  isZeroPadded: true,
} as const;

export const rfcVectors: readonly RfcVector[] = [
  {
    ...shortTerm,
    name: 'request (RFC 5769 section 2.1)',
    bytes: hex(`
      0001 0058 2112a442 b7e7a701bc34d686fa87dfae
      8022 0010 5354554e207465737420636c69656e74
      0024 0004 6e0001ff
      8029 0008 932ff9b151263b36
      0006 0009 6576746a3a68367659 202020
      0008 0014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
      8028 0004 e57a3bcf`),
    class: 'request',
    attributes: [
      text(0x8022, 'STUN test client'),
      { type: 0x0024, value: hex('6e0001ff') },
      { type: 0x8029, value: hex('932ff9b151263b36') },
      text(0x0006, 'evtj:h6vY'),
    ],
  },
  {
    ...shortTerm,
    name: 'IPv4 response (RFC 5769 section 2.2)',
    bytes: hex(`
      0101 003c 2112a442 b7e7a701bc34d686fa87dfae
      8022 000b 7465737420766563746f72 20
      0020 0008 0001a147e112a643
      0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7
      8028 0004 c07d4c96`),
    class: 'success',
    attributes: [text(0x8022, 'test vector'), { type: 0x0020, value: hex('0001a147e112a643') }],
    mapped: { ip: '192.0.2.1', port: 32_853 },
  },
  {
    ...shortTerm,
    name: 'IPv6 response (RFC 5769 section 2.3)',
    bytes: hex(`
      0101 0048 2112a442 b7e7a701bc34d686fa87dfae
      8022 000b 7465737420766563746f72 20
      0020 0014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9
      0008 0014 a382954e4be67bf11784c97c8292c275bfe3ed41
      8028 0004 c8fb0b4c`),
    class: 'success',
    attributes: [text(0x8022, 'test vector'), { type: 0x0020, value: hex('0002a1470113a9faa5d3f179bc25f4b5bed2b9d9') }],
    mapped: { ip: '2001:db8:1234:5678:11:2233:4455:6677', port: 32_853 },
  },
  {
    ...longTerm,
    name: 'request with long-term authentication (RFC 5769 section 2.4)',
    bytes: hex(`
      0001 0060 2112a442 78ad3433c6ad72c029da412e
      0006 0012 e3839ee38388e383aae38383e382afe382b9 0000
      0015 001c 662f2f3439396b393534643 64f4c33346f4c394653547679 36347341
      0014 000b 6578616d706c652e6f7267 00
      0008 0014 f67024656dd64a3e02b8e0712e85c9a28ca89666`),
    algorithm: 'sha1',
    attributes: [text(0x0006, matrix), text(0x0015, 'f//499k954d6OL34oL9FSTvy64sA'), text(0x0014, 'example.org')],
  },
  {
    ...longTerm,
    name: 'request with USERHASH and SHA-256 (RFC 8489 appendix B.1)',
    bytes: hex(`
      0001 0088 2112a442 78ad3433c6ad72c029da412e
      001e 0020 4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704
      0015 0029 6f624d61744a6f7332414141 43662f2f3439396b3935346436 4f4c33346f4c394653547679 36347341 000000
      0014 000b 6578616d706c652e6f7267 00
      001c 0020 fd8c273860d2e18ebca4c89b6973befa7ee8ecc69e9642db326fab65a0b955ba`),
    algorithm: 'sha256',
    attributes: [
      { type: 0x001e, value: hex('4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704') },
      text(0x0015, 'obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA'),
      text(0x0014, 'example.org'),
    ],
  },
];
