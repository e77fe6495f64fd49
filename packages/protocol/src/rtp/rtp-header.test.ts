import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closeOneByteExtension,
  emptyExtensionElement,
  emptyRtpHeader,
  extensionElementsOffset,
  findExtensionElement,
  nextExtensionElement,
  parseRtpHeader,
  writeOneByteElement,
  writeRtpHeader,
} from './index.ts';

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

const fields = { payloadType: 96, marker: true, sequence: 0x1234, timestamp: 0x89abcdef, ssrc: 0xfedcba98 };

describe('parseRtpHeader', () => {
  it('reads every field, CSRCs, extension and padding, at any offset', () => {
    const packet = bytesOf('b2 e0 1234 89abcdef fedcba98 00000001 00000002 bede 0001 10aa0000 0102030405 000003');
    const bytes = new Uint8Array(packet.length + 9).fill(0xff);
    bytes.set(packet, 5);
    const header = emptyRtpHeader();
    expect(parseRtpHeader(bytes, 5, packet.length, header)).toBeUndefined();
    expect(header).toEqual({
      payloadType: 96,
      marker: true,
      sequence: 0x1234,
      timestamp: 0x89abcdef,
      ssrc: 0xfedcba98,
      csrcCount: 2,
      extensionProfile: 0xbede,
      extensionOffset: 5 + 24,
      extensionLength: 4,
      payloadOffset: 5 + 28,
      payloadLength: 5,
      paddingLength: 3,
    });
  });

  it('takes a packet of header alone and one of padding alone', () => {
    const header = emptyRtpHeader();
    expect(parseRtpHeader(bytesOf('80600001 00000002 00000003'), 0, 12, header)).toBeUndefined();
    expect(header).toMatchObject({ payloadLength: 0, paddingLength: 0, payloadOffset: 12 });
    expect(parseRtpHeader(bytesOf('a0600001 00000002 00000003 00000004'), 0, 16, header)).toBeUndefined();
    expect(header).toMatchObject({ payloadLength: 0, paddingLength: 4, payloadOffset: 12 });
  });

  it.each([
    ['version 1', '40600001 00000002 00000003', 'bad-version'],
    ['11 bytes', '80600001 00000002 000000', 'truncated'],
    ['a missing CSRC', '82600001 00000002 00000003 00000004', 'truncated'],
    ['an extension without its header', '90600001 00000002 00000003 bede', 'truncated'],
    ['an extension beyond the end', '90600001 00000002 00000003 bede0002 00000000', 'truncated'],
    ['padding of no length', 'a0600001 00000002 00000003 00000000', 'bad-padding'],
    ['padding longer than what follows the header', 'a0600001 00000002 00000003 00000005', 'bad-padding'],
    ['padding where nothing follows the header', 'a0600001 00000002 00000003', 'bad-padding'],
  ])('refuses %s', (_name, hex, defect) => {
    const bytes = bytesOf(hex);
    expect(parseRtpHeader(bytes, 0, bytes.length, emptyRtpHeader())).toBe(defect);
  });

  it('refuses every truncation within the header, and a length beyond the bytes', () => {
    const bytes = bytesOf('92e01234 89abcdef fedcba98 00000001 00000002 bede0001 10aa0000');
    for (let length = 0; length < bytes.length; length++) {
      expect(parseRtpHeader(bytes, 0, length, emptyRtpHeader())).toBe('truncated');
    }
    expect(parseRtpHeader(bytes, 0, bytes.length, emptyRtpHeader())).toBeUndefined();
    expect(parseRtpHeader(bytes, 0, bytes.length + 1, emptyRtpHeader())).toBe('truncated');
    expect(parseRtpHeader(bytes, 1, bytes.length, emptyRtpHeader())).toBe('truncated');
  });

  it('stays within the packet whatever the bytes are', () => {
    const header = emptyRtpHeader();
    const element = emptyExtensionElement();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), fc.boolean(), (bytes, looksRight, isOneByte) => {
        if (looksRight && bytes.length > 16) {
          bytes[0] = 0x90;
          bytes.set(isOneByte ? [0xbe, 0xde] : [0x10, 0x03], 12);
          bytes.set([0, (bytes.length - 16) >> 3], 14);
        }
        if (parseRtpHeader(bytes, 0, bytes.length, header) !== undefined) return;
        expect(header.payloadOffset + header.payloadLength + header.paddingLength).toBe(bytes.length);
        const end = header.extensionOffset + header.extensionLength;
        expect(end).toBeLessThanOrEqual(header.payloadOffset);
        let at = header.extensionOffset;
        while ((at = nextExtensionElement(bytes, header, at, element)) !== -1) {
          expect(element.offset).toBeGreaterThan(header.extensionOffset);
          expect(element.offset + element.length).toBeLessThanOrEqual(end);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('header extensions (RFC 8285)', () => {
  function elementsOf(extension: string): { id: number; value: string }[] {
    const words = bytesOf(extension);
    const bytes = new Uint8Array(12 + words.length + 3);
    writeRtpHeader(bytes, 0, fields);
    bytes[0] |= 0x10;
    bytes.set(words, 12);
    const header = emptyRtpHeader();
    expect(parseRtpHeader(bytes, 0, bytes.length, header)).toBeUndefined();
    const found: { id: number; value: string }[] = [];
    const element = emptyExtensionElement();
    let at = header.extensionOffset;
    while ((at = nextExtensionElement(bytes, header, at, element)) !== -1) {
      const value = Buffer.from(bytes.subarray(element.offset, element.offset + element.length)).toString('hex');
      found.push({ id: element.id, value });
    }
    return found;
  }

  it.each([
    ['the example of section 4.2', 'bede0003 10aa 21bbbb 0000 33cccccccc 00', ['1:aa', '2:bbbb', '3:cccccccc']],
    ['a value of 16 bytes', `bede0005 4f${'07'.repeat(16)}000000`, [`4:${'07'.repeat(16)}`]],
    ['no element at all', 'bede0001 00000000', []],
    ['an extension of no length', 'bede0000', []],
    ['nothing from id 15 on (section 4.2)', 'bede0002 10aa f0bb 20cc 0000', ['1:aa']],
    ['nothing from id 0 with a length on (section 4.2)', 'bede0002 10aa 01bbbb 20cc 00', ['1:aa']],
    ['nothing from an element beyond the end on', 'bede0002 10aa 26bbbb 00000000', ['1:aa']],
    ['nothing of an element cut off', 'bede0001 10aa 25bb', ['1:aa']],
    ['the two-byte form (section 4.3)', '10000003 0100 0201bb 00 0304cccccccc', ['1:', '2:bb', '3:cccccccc']],
    ['the two-byte form with appbits', '100f0001 0102aabb', ['1:aabb']],
    ['id 15 in the two-byte form', '10000001 0f01aa00', ['15:aa']],
    ['nothing of a two-byte element cut off', '10000001 0101aa02', ['1:aa']],
    ['nothing of a two-byte element beyond the end', '10000001 01030000', []],
    ['nothing of another profile', '12340001 10aa0000', []],
  ])('reads %s', (_name, extension, expected) => {
    expect(elementsOf(extension).map(({ id, value }) => `${id}:${value}`)).toEqual(expected);
  });

  it('finds an element by id, and none in a packet without extension', () => {
    const bytes = bytesOf('90600001 00000002 00000003 bede0002 10aa 21bbbb 000000');
    const header = emptyRtpHeader();
    const element = emptyExtensionElement();
    expect(parseRtpHeader(bytes, 0, bytes.length, header)).toBeUndefined();
    expect(findExtensionElement(bytes, header, 2, element)).toBe(true);
    expect(element).toEqual({ id: 2, offset: 19, length: 2 });
    expect(findExtensionElement(bytes, header, 3, element)).toBe(false);
    bytes[0] = 0x80;
    expect(parseRtpHeader(bytes, 0, bytes.length, header)).toBeUndefined();
    expect(findExtensionElement(bytes, header, 2, element)).toBe(false);
  });

  it('writes what it reads, padded to words', () => {
    const value = fc.record({
      id: fc.integer({ min: 1, max: 14 }),
      value: fc.uint8Array({ minLength: 1, maxLength: 16 }),
    });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), fc.integer({ min: 0, max: 9 }), (elements, offset) => {
        const bytes = new Uint8Array(300).fill(0xff);
        writeRtpHeader(bytes, offset, fields);
        let at = offset + extensionElementsOffset;
        for (const { id, value } of elements) at = writeOneByteElement(bytes, at, id, value);
        const length = closeOneByteExtension(bytes, offset, at - offset - extensionElementsOffset);
        const header = emptyRtpHeader();
        expect(parseRtpHeader(bytes, offset, length + 20, header)).toBeUndefined();
        expect(header).toMatchObject({ ...fields, payloadOffset: offset + length, payloadLength: 20 });
        const element = emptyExtensionElement();
        let from = header.extensionOffset;
        for (const expected of elements) {
          from = nextExtensionElement(bytes, header, from, element);
          expect(element.id).toBe(expected.id);
          expect(bytes.slice(element.offset, element.offset + element.length)).toEqual(expected.value);
        }
        expect(nextExtensionElement(bytes, header, from, element)).toBe(-1);
      }),
    );
  });

  it.each([
    [0, 1],
    [15, 1],
    [1, 0],
    [1, 17],
  ])('asserts against id %i with %i bytes in the one-byte form', (id, length) => {
    expect(() => writeOneByteElement(new Uint8Array(40), 0, id, new Uint8Array(length))).toThrow('one-byte-form');
  });
});
