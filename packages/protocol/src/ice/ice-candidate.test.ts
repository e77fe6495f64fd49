import { assert } from '@rivero/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candidatePriority,
  type CandidateType,
  type IceCandidate,
  parseCandidate,
  serializeCandidate,
} from './index.ts';

const host = {
  foundation: '1',
  component: 1,
  protocol: 'udp',
  priority: 2_130_706_431,
  address: '203.0.113.141',
  port: 8_998,
  type: 'host',
} as const;

/** Lines as they are sent, and what they say. */
const lines: readonly (readonly [source: string, line: string, candidate: IceCandidate])[] = [
  ['RFC 8839', 'a=candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host', host],
  [
    'RFC 8839',
    'a=candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998',
    {
      ...host,
      foundation: '2',
      priority: 1_694_498_815,
      address: '192.0.2.3',
      port: 45_664,
      type: 'srflx',
      related: { ip: '203.0.113.141', port: 8_998 },
    },
  ],
  [
    'Chromium, host',
    'candidate:1467250027 1 udp 2122260223 192.0.2.10 46243 typ host generation 0 ufrag EEtu network-id 1 network-cost 10',
    {
      ...host,
      foundation: '1467250027',
      priority: 2_122_260_223,
      address: '192.0.2.10',
      port: 46_243,
      ufrag: 'EEtu',
    },
  ],
  [
    'Chromium, host behind an mDNS name',
    'candidate:3098175849 1 udp 2113937151 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.local 51234 typ host generation 0 ufrag EEtu network-cost 999',
    {
      ...host,
      foundation: '3098175849',
      priority: 2_113_937_151,
      address: '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.local',
      port: 51_234,
      ufrag: 'EEtu',
    },
  ],
  [
    'Chromium, IPv6 host',
    'candidate:842163049 1 udp 2122197247 2001:db8::1c2d:3e4f:5a6b:7c8d 54322 typ host generation 0 ufrag EEtu network-id 2',
    {
      ...host,
      foundation: '842163049',
      priority: 2_122_197_247,
      address: '2001:db8::1c2d:3e4f:5a6b:7c8d',
      port: 54_322,
      ufrag: 'EEtu',
    },
  ],
  [
    'Chromium, active TCP',
    'candidate:435653019 1 tcp 1518280447 192.0.2.10 9 typ host tcptype active generation 0 ufrag EEtu network-id 1 network-cost 10',
    {
      ...host,
      foundation: '435653019',
      protocol: 'tcp',
      priority: 1_518_280_447,
      address: '192.0.2.10',
      port: 9,
      tcpType: 'active',
      ufrag: 'EEtu',
    },
  ],
  [
    'Chromium, server-reflexive with hidden base',
    'candidate:2998216957 1 udp 1677729535 198.51.100.7 51000 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag EEtu network-cost 999',
    {
      ...host,
      foundation: '2998216957',
      priority: 1_677_729_535,
      address: '198.51.100.7',
      port: 51_000,
      type: 'srflx',
      related: { ip: '0.0.0.0', port: 0 },
      ufrag: 'EEtu',
    },
  ],
  [
    'Chromium, relay',
    'candidate:3498147984 1 udp 33562623 203.0.113.9 62834 typ relay raddr 198.51.100.7 rport 46243 generation 0 ufrag EEtu network-id 1',
    {
      ...host,
      foundation: '3498147984',
      priority: 33_562_623,
      address: '203.0.113.9',
      port: 62_834,
      type: 'relay',
      related: { ip: '198.51.100.7', port: 46_243 },
      ufrag: 'EEtu',
    },
  ],
  [
    'Firefox, host',
    'candidate:0 1 UDP 2122252543 192.0.2.10 51000 typ host',
    { ...host, foundation: '0', priority: 2_122_252_543, address: '192.0.2.10', port: 51_000 },
  ],
  [
    'Firefox, IPv6 host, second component',
    'candidate:1 2 UDP 2122187006 2001:db8::1:2 50324 typ host',
    { ...host, component: 2, priority: 2_122_187_006, address: '2001:db8::1:2', port: 50_324 },
  ],
  [
    'Firefox, active TCP',
    'candidate:2 1 TCP 2105524479 192.0.2.10 9 typ host tcptype active',
    {
      ...host,
      foundation: '2',
      protocol: 'tcp',
      priority: 2_105_524_479,
      address: '192.0.2.10',
      port: 9,
      tcpType: 'active',
    },
  ],
  [
    'Firefox, server-reflexive',
    'candidate:3 1 UDP 1686052863 198.51.100.7 51000 typ srflx raddr 192.0.2.10 rport 51000',
    {
      ...host,
      foundation: '3',
      priority: 1_686_052_863,
      address: '198.51.100.7',
      port: 51_000,
      type: 'srflx',
      related: { ip: '192.0.2.10', port: 51_000 },
    },
  ],
];

describe('parseCandidate (RFC 8839 section 5.1, RFC 6544 section 4.5)', () => {
  it.each(lines)('reads %s: %s', (_, line, candidate) => {
    expect(parseCandidate(line)).toEqual(candidate);
  });

  it.each(lines)('writes %s so that it reads the same', (_, _line, candidate) => {
    expect(parseCandidate(serializeCandidate(candidate))).toEqual(candidate);
    expect(parseCandidate(`a=${serializeCandidate(candidate)}\r\n`)).toEqual(candidate);
  });

  it('reads a line with or without its names in front, and with any spaces', () => {
    for (const line of [
      '1 1 udp 2130706431 203.0.113.141 8998 typ host',
      '  a=candidate:1 1  udp 2130706431\t203.0.113.141 8998 typ host ',
      'candidate:1 1 Udp 2130706431 203.0.113.141 8998 typ host',
    ])
      expect(parseCandidate(line), line).toEqual(host);
  });

  it.each([
    ['extensions that nobody knows', 'foo bar generation 0'],
    ['half an extension', 'generation'],
    ['raddr without rport', 'raddr 192.0.2.1'],
    ['rport without raddr', 'rport 9'],
    ['an rport that is no port', 'raddr 192.0.2.1 rport 65536'],
    ['an unknown tcptype', 'tcptype idle'],
    ['names of every object', '__proto__ x constructor y'],
  ])('passes over %s', (_, extensions) => {
    expect(parseCandidate(`${lines[0][1]} ${extensions}`)).toEqual(host);
  });

  it.each([
    ['', 'nothing'],
    ['candidate:', 'nothing but the name'],
    ['candidate:1 1 udp 2130706431 203.0.113.141 8998', 'no type'],
    ['candidate:1 1 udp 2130706431 203.0.113.141 typ host', 'no port'],
    ['candidate:1 1 udp 2130706431 203.0.113.141 8998 type host', 'another word than typ'],
    ['candidate:1 1 udp 2130706431 203.0.113.141 65536 typ host', 'a port beyond 65535'],
    ['candidate:1 1 udp 2130706431 203.0.113.141 -1 typ host', 'a negative port'],
    ['candidate:1 1 udp 2130706431 203.0.113.141 0x10 typ host', 'a hexadecimal port'],
    ['candidate:1 1 udp 2147483648 203.0.113.141 8998 typ host', 'a priority of 2^31'],
    ['candidate:1 1 udp 0 203.0.113.141 8998 typ host', 'a priority of 0'],
    ['candidate:1 1 udp 1e9 203.0.113.141 8998 typ host', 'a priority with an exponent'],
    ['candidate:1 1 udp 99999999999 203.0.113.141 8998 typ host', 'a priority of 11 digits'],
    ['candidate:1 0 udp 2130706431 203.0.113.141 8998 typ host', 'component 0'],
    ['candidate:1 257 udp 2130706431 203.0.113.141 8998 typ host', 'component 257'],
    ['candidate:1 one udp 2130706431 203.0.113.141 8998 typ host', 'a component in words'],
    ['candidate:ab_c 1 udp 2130706431 203.0.113.141 8998 typ host', 'a foundation of other characters'],
    [`candidate:${'a'.repeat(33)} 1 udp 2130706431 203.0.113.141 8998 typ host`, 'a foundation of 33 characters'],
    [`candidate:1 1 udp 2130706431 203.0.113.141 8998 typ host ${'x y '.repeat(128)}`, 'more than 512 characters'],
    ['candidate:1 1 udp 2130706431 203.0.113.141 8998 TYP host', 'typ in capitals'],
  ])('answers malformed to "%s" (%s)', (line) => {
    expect(parseCandidate(line)).toBe('malformed');
  });

  it('answers unknown-protocol and unknown-type to what may come one day', () => {
    expect(parseCandidate('candidate:1 1 ssltcp 2130706431 203.0.113.141 443 typ host')).toBe('unknown-protocol');
    expect(parseCandidate('candidate:1 1 udp 2130706431 203.0.113.141 8998 typ token')).toBe('unknown-type');
    expect(parseCandidate('candidate:1 1 udp 2130706431 203.0.113.141 8998 typ')).toBe('unknown-type');
  });

  it('never throws on random text, nor on a line whose words are changed', () => {
    const defects = ['malformed', 'unknown-protocol', 'unknown-type'];
    const changed = fc
      .tuple(fc.constantFrom(...lines), fc.nat(30), fc.string({ maxLength: 12 }))
      .map(([[, line], at, word]) => line.split(' ').toSpliced(at, 1, word).join(' '));
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 600 }), changed), (text) => {
        const result = parseCandidate(text);
        if (typeof result === 'string') expect(defects).toContain(result);
        else expect(parseCandidate(serializeCandidate(result))).toEqual(result);
      }),
      { numRuns: 500 },
    );
  });

  it('answers malformed or unknown-type to every cut before the type', () => {
    for (const [, line] of lines) {
      const end = line.indexOf(' typ ') + 5;
      for (let length = 0; length < end; length++) {
        const result = parseCandidate(line.slice(0, length));
        assert(typeof result === 'string', `${length} characters of ${line}`);
      }
    }
  });
});

describe('candidatePriority (RFC 8445 section 5.1.2.1)', () => {
  it.each<readonly [type: CandidateType, preference: number, component: number, priority: number, source: string]>([
    ['host', 65_535, 1, 2_130_706_431, 'RFC 8839'],
    ['host', 65_535, 2, 2_130_706_430, 'the second component'],
    ['srflx', 65_535, 1, 1_694_498_815, 'RFC 8839'],
    ['prflx', 65_535, 1, 1_862_270_975, 'type preference 110'],
    ['relay', 65_535, 1, 16_777_215, 'type preference 0'],
    ['host', 32_542, 1, 2_122_260_223, 'what Chromium sends for its first network'],
    ['srflx', 32_542, 1, 1_686_052_607, 'what Chromium sends for its first network'],
    ['relay', 0, 256, 0, 'the least'],
  ])('%s with local preference %i, component %i: %i (%s)', (type, preference, component, priority) => {
    expect(candidatePriority(type, preference, component)).toBe(priority);
  });

  it('takes no local preference beyond 16 bits', () => {
    for (const preference of [-1, 65_536, Number.NaN]) expect(() => candidatePriority('host', preference, 1)).toThrow();
  });
});
