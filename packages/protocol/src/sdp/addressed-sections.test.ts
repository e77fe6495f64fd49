import { CodedError } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import {
  type MediaSection,
  parseSessionDescription,
  type RtpAddresses,
  serializeSessionDescription,
  type SessionDescription,
} from './index.ts';
import { cryptosMax } from './limits.ts';

const head = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-'];

function read(...lines: readonly string[]): SessionDescription {
  return parseSessionDescription([...head, ...lines, ''].join('\r\n'), { isMidOptional: true });
}

function first(...lines: readonly string[]): MediaSection {
  return read(...lines).sections[0];
}

function addressesOf(...lines: readonly string[]): RtpAddresses | undefined {
  return first(...lines).addresses;
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

const audio = 'm=audio 5004 RTP/AVP 0';
const key = 'inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR';

describe('the addresses of a section', () => {
  it.each([
    ['of the session', ['c=IN IP4 203.0.113.5', 't=0 0', audio], '203.0.113.5 5004', '203.0.113.5 5005'],
    ['of the section', ['c=IN IP4 10.0.0.1', audio, 'c=IN IP4 203.0.113.6'], '203.0.113.6 5004', '203.0.113.6 5005'],
    ['with its own RTCP port (RFC 3605)', ['c=IN IP4 10.0.0.1', audio, 'a=rtcp:7'], '10.0.0.1 5004', '10.0.0.1 7'],
    [
      'with another host for RTCP',
      ['c=IN IP4 10.0.0.1', audio, 'a=rtcp:7 IN IP4 10.0.0.2'],
      '10.0.0.1 5004',
      '10.0.0.2 7',
    ],
    ['of IPv6, in canonical form', ['c=IN IP6 2001:DB8:0::0:1', audio], '2001:db8::1 5004', '2001:db8::1 5005'],
    ['of multicast, without its scope', ['c=IN IP4 224.2.1.1/127/3', audio], '224.2.1.1 5004', '224.2.1.1 5005'],
    ['at the last port', ['c=IN IP4 10.0.0.1', 'm=audio 65535 RTP/AVP 0'], '10.0.0.1 65535', '10.0.0.1 65535'],
  ])('are those %s', (_name, lines, rtp, rtcp) => {
    const found = addressesOf(...lines);
    expect(found && `${found.rtp.ip} ${found.rtp.port}`).toBe(rtp);
    expect(found && `${found.rtcp.ip} ${found.rtcp.port}`).toBe(rtcp);
  });

  it.each([
    'c=IN IP4 media.example.org',
    'c=IN IP4 1.2.3',
    'c=IN IP4 1.2.3.256',
    'c=IN IP4 01.2.3.4',
    'c=IN IP4 1.2.3.4.',
    'c=IN IP6 :::1',
    'c=IN IP6 2001:db8::1%eth0',
    'c=IN IP6 1:2:3',
    'c=nothing',
    'i=no c= at all',
  ])('are none with %s', (line) => {
    expect(addressesOf(line, audio)).toBeUndefined();
  });

  it('are none where ICE finds them', () => {
    expect(addressesOf('c=IN IP4 10.0.0.1', 'm=audio 9 UDP/TLS/RTP/SAVPF 0')).toBeUndefined();
  });

  it('are written and read the same, with keys and without a mid', () => {
    const lines = ['c=IN IP6 2001:db8::1', 't=0 0', 'm=audio 5004 RTP/SAVP 0', 'a=rtcp:6000 IN IP6 2001:db8::2'];
    const read6 = read(...lines, `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${key}|2^20 KDR=1`, 'b=TIAS:64000');
    const text = serializeSessionDescription({ ...read6, address: '2001:db8::1' });
    expect(text).toContain('c=IN IP6 2001:db8::1\r\n');
    expect(text).not.toMatch(/a=mid|msid-semantic/);
    expect(parseSessionDescription(text, { isMidOptional: true })).toEqual(read6);
  });
});

describe('a section', () => {
  it('without a mid is refused where one is needed', () => {
    const text = [...head, 'c=IN IP4 10.0.0.1', audio, ''].join('\r\n');
    expect(codeOf(() => parseSessionDescription(text))).toBe('sdp-no-mid');
    expect(first('c=IN IP4 10.0.0.1', audio).mid).toBe('');
    expect(codeOf(() => read(audio, 'a=mid:1', audio, 'a=mid:1'))).toBe('sdp-malformed');
    expect(read(audio, audio).sections).toHaveLength(2);
    expect(codeOf(() => read(audio, `a=mid:${'x'.repeat(17)}`))).toBe('sdp-no-mid');
  });

  it('has the static payload types without rtpmap, of sound only, and in the order of its m= line', () => {
    const names = (...lines: readonly string[]): readonly string[] =>
      first(...lines).codecs.map(({ name, payloadType, clockRate }) => `${payloadType} ${name}/${clockRate}`);
    expect(names('m=audio 4 RTP/AVP 8 18 0 97', 'a=rtpmap:97 opus/48000/2')).toEqual([
      '8 PCMA/8000',
      '0 PCMU/8000',
      '97 opus/48000',
    ]);
    expect(names('m=audio 4 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000')).toEqual(['0 PCMU/8000']);
    expect(names('m=video 4 RTP/AVP 0 8')).toEqual([]);
    expect(names('m=audio 4 RTP/AVP 97')).toEqual([]);
  });

  it('has keys in the secure profiles only, and is refused with lines that are none or too many', () => {
    const secure = 'm=audio 5004 RTP/SAVPF 0';
    const line = (text: string): string => `a=crypto:${text}`;
    const good = line(`1 AES_CM_128_HMAC_SHA1_80 ${key}`);
    expect(first(secure, line(`1 F8_128_HMAC_SHA1_80 ${key}`), good).crypto).toHaveLength(1);
    expect(first('m=audio 9 UDP/TLS/RTP/SAVPF 0', line('nonsense'))).not.toHaveProperty('crypto');
    expect(codeOf(() => first(secure, line('nonsense')))).toBe('sdp-malformed');
    expect(codeOf(() => first(secure, line('1 AES_CM_128_HMAC_SHA1_80 inline:c2hvcnQ=')))).toBe('sdp-malformed');
    const many = (count: number): readonly string[] => Array.from({ length: count }, () => good);
    expect(first(secure, ...many(cryptosMax)).crypto).toHaveLength(cryptosMax);
    expect(codeOf(() => first(secure, ...many(cryptosMax + 1)))).toBe('sdp-too-large');
  });
});
