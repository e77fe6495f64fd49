import { CodedError } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import { offers } from '../../test/sdp-offers.ts';
import {
  candidatesMax,
  codecsMax,
  descriptionLengthMax,
  extensionsMax,
  fingerprintsMax,
  linesMax,
  midLengthMax,
  ridsMax,
  sectionsMax,
  ssrcGroupsMax,
  ssrcsMax,
} from './limits.ts';
import { parseSessionDescription, readRemoteTransport, serializeSessionDescription } from './index.ts';

const text = offers['chromium156-room'];
const firefox = offers['firefox153-room'];

/** What an answerer reads of an offer before it answers. */
function read(offer: string): void {
  readRemoteTransport(parseSessionDescription(offer));
}

function refusalOf(offer: string): CodedError | undefined {
  try {
    read(offer);
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  return undefined;
}

function without(pattern: RegExp): string {
  const left = text.replaceAll(new RegExp(`^${pattern.source}.*\r\n`, 'gm'), '');
  expect(left).not.toBe(text);
  return left;
}

/** The first section's line in front is made by another. */
function instead(line: string, other: string): string {
  expect(text).toContain(`${line}\r\n`);
  return text.replace(`${line}\r\n`, `${other}\r\n`);
}

/** As many more lines behind the first mid. */
function lines(count: number, line: (i: number) => string): string {
  const more = Array.from({ length: count }, (_, i) => `${line(i)}\r\n`).join('');
  return text.replace('a=mid:0\r\n', `a=mid:0\r\n${more}`);
}

function sections(count: number): string {
  const [head, first] = text.split(/^(?=m=)/m);
  return head + Array.from({ length: count }, (_, i) => first.replace('a=mid:0', `a=mid:${i}`)).join('');
}

const [, groupLine] = /^(a=group:BUNDLE.*)\r$/m.exec(text) ?? [];
const [, ufragLine] = /^(a=ice-ufrag.*)\r$/m.exec(text) ?? [];
const [, pwdLine] = /^(a=ice-pwd.*)\r$/m.exec(text) ?? [];
const [, fingerprintLine] = /^(a=fingerprint.*)\r$/m.exec(text) ?? [];
const opus = 'a=rtpmap:111 opus/48000/2';
const audioLevel = 'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level';

describe('an offer is refused', () => {
  it.each([
    ['that is empty', '', 'sdp-malformed', /begin with v=0/],
    ['of another version', text.replace('v=0', 'v=1'), 'sdp-malformed', /begin with v=0/],
    ['that is JSON', JSON.stringify({ type: 'offer', sdp: text }), 'sdp-malformed', /begin with v=0/],
    ['without an origin', without(/o=/), 'sdp-malformed', /o= line is missing/],
    ['with an origin of three words', text.replace(/^o=.*$/m, 'o=- 1 2'), 'sdp-malformed', /o= line is missing/],
    ['without sections', text.slice(0, text.indexOf('m=')), 'sdp-no-sections', /add a track or a transceiver/],
    [
      'whose sections are all switched off',
      text.replaceAll(/^m=(\w+) \d+/gm, 'm=$1 0'),
      'sdp-no-sections',
      /no section to answer/,
    ],
    ['with an m= line of two words', text.replace(/^m=audio.*$/m, 'm=audio 9'), 'sdp-malformed', /type of media 0/],
    ['with an m= line without a port', text.replace(/^m=audio \d+/m, 'm=audio '), 'sdp-malformed', /port of media 0/],
    ['with a port of 65536', text.replace(/^m=audio \d+/m, 'm=audio 65536'), 'sdp-malformed', /port of media 0/],
    ['with a range of ports', text.replace(/^m=audio \d+/m, 'm=audio 9/2'), 'sdp-malformed', /type of media 0/],
    ['without a mid', without(/a=mid:3/), 'sdp-no-mid', /at most 16 characters/],
    ['with an empty mid', instead('a=mid:0', 'a=mid:'), 'sdp-no-mid', /at most 16 characters/],
    [
      'with a mid that no header extension carries',
      text.replaceAll('a=mid:0', `a=mid:${'m'.repeat(midLengthMax + 1)}`),
      'sdp-no-mid',
      /at most 16 characters/,
    ],
    ['with a mid that is no token', instead('a=mid:0', 'a=mid:é'), 'sdp-no-mid', /token/],
    ['with one mid twice', instead('a=mid:0', 'a=mid:1'), 'sdp-malformed', /two sections have the same mid/],
    ['without a bundle group', without(/a=group/), 'sdp-no-bundle', /bundlePolicy "max-bundle"/],
    ['with a section outside of the group', text.replace('BUNDLE 0 1 2', 'BUNDLE 0 1'), 'sdp-no-bundle', /BUNDLE/],
    ['with another kind of group', text.replace('a=group:BUNDLE', 'a=group:LS'), 'sdp-no-bundle', /BUNDLE/],
    [
      'with two groups',
      instead(groupLine, 'a=group:BUNDLE 0 1 2\r\na=group:BUNDLE 3 4 5'),
      'sdp-no-bundle',
      /one BUNDLE group/,
    ],
    ['without rtcp-mux', without(/a=rtcp-mux/), 'sdp-no-rtcp-mux', /rtcpMuxPolicy "require"/],
    ['with a section without rtcp-mux', text.replace(/a=rtcp-mux\r\n/, ''), 'sdp-no-rtcp-mux', /Every section/],
    ['of an ICE-lite agent', text.replace('t=0 0', 't=0 0\r\na=ice-lite'), 'sdp-ice-lite', /full ICE agent/],
    ['without ice-ufrag', without(/a=ice-ufrag/), 'sdp-no-ice', /no usable ICE credentials/],
    ['without ice-pwd', without(/a=ice-pwd/), 'sdp-no-ice', /no usable ICE credentials/],
    ['with a ufrag of 3 characters', instead(ufragLine, 'a=ice-ufrag:abc'), 'sdp-no-ice', /ufrag of 4/],
    ['with a pwd of 21 characters', instead(pwdLine, `a=ice-pwd:${'p'.repeat(21)}`), 'sdp-no-ice', /pwd of 22/],
    ['without a fingerprint', without(/a=fingerprint/), 'sdp-no-fingerprint', /without DTLS is not accepted/],
    [
      'with SHA-1 only',
      text.replaceAll(/a=fingerprint:.*/g, `a=fingerprint:sha-1 ${Array(20).fill('AB').join(':')}`),
      'sdp-weak-fingerprint',
      /must be SHA-256, SHA-384 or SHA-512/,
    ],
    [
      'with MD5 only',
      text.replaceAll(/a=fingerprint:.*/g, `a=fingerprint:md5 ${Array(16).fill('AB').join(':')}`),
      'sdp-weak-fingerprint',
      /must be SHA-256/,
    ],
    [
      'with a fingerprint that is no hex',
      instead(fingerprintLine, 'a=fingerprint:sha-256 AB:XY'),
      'sdp-malformed',
      /a=fingerprint/,
    ],
    [
      'with a fingerprint without a hash',
      instead(fingerprintLine, 'a=fingerprint:sha-256'),
      'sdp-malformed',
      /a=fingerprint/,
    ],
    ['with a=setup:holdconn', instead('a=setup:actpass', 'a=setup:holdconn'), 'sdp-malformed', /a=setup/],
    ['with a payload type of 128', instead(opus, 'a=rtpmap:128 opus/48000/2'), 'sdp-malformed', /payload of rtp 0/],
    ['with an empty payload type', instead(opus, 'a=rtpmap: opus/48000/2'), 'sdp-malformed', /payload of rtp 0/],
    ['without a clock rate', instead(opus, 'a=rtpmap:111 opus'), 'sdp-malformed', /rate of rtp 0/],
    [
      'with channels that are no number',
      instead(opus, 'a=rtpmap:111 opus/48000/two'),
      'sdp-malformed',
      /encoding of rtp 0/,
    ],
    [
      'with format parameters of payload type 200',
      lines(1, () => 'a=fmtp:200 a=b'),
      'sdp-malformed',
      /payload of fmtp/,
    ],
    ['with RTX of nothing', text.replace('a=fmtp:97 apt=96\r\n', ''), 'sdp-malformed', /rtx 97 has no apt/],
    ['with RTX of no number', text.replace('apt=96', 'apt=VP8'), 'sdp-malformed', /rtx 97 has no apt/],
    [
      'with an extension id of 256',
      instead(audioLevel, audioLevel.replace(':1 ', ':256 ')),
      'sdp-malformed',
      /value of ext/,
    ],
    ['with an SSRC of 33 bits', lines(1, () => 'a=ssrc:4294967296 cname:x'), 'sdp-malformed', /id of ssrcs/],
    ['with an SSRC group of words', lines(1, () => 'a=ssrc-group:FID 1 two'), 'sdp-malformed', /a=ssrc-group/],
    ['with an SSRC group of 33 bits', lines(1, () => 'a=ssrc-group:FID 1 4294967296'), 'sdp-malformed', /a=ssrc-group/],
    ['with an empty SSRC group', lines(1, () => 'a=ssrc-group:FID '), 'sdp-malformed', /a=ssrc-group/],
    [
      'with a candidate of component 257',
      lines(1, () => 'a=candidate:1 257 udp 1 192.0.2.1 9 typ host'),
      'sdp-malformed',
      /a=candidate/,
    ],
    [
      'with a candidate of component 0',
      lines(1, () => 'a=candidate:1 0 udp 1 192.0.2.1 9 typ host'),
      'sdp-malformed',
      /a=candidate/,
    ],
    [
      'with a candidate of priority 2^31',
      lines(1, () => 'a=candidate:1 1 udp 2147483648 192.0.2.1 9 typ host'),
      'sdp-malformed',
      /a=candidate/,
    ],
    [
      'with a candidate of port 65536',
      lines(1, () => 'a=candidate:1 1 udp 1 192.0.2.1 65536 typ host'),
      'sdp-malformed',
      /a=candidate/,
    ],
  ])('%s', (_, offer, code, message) => {
    const refusal = refusalOf(offer);
    expect(refusal).toMatchObject({ code });
    expect(refusal?.message).toMatch(message);
  });
});

describe('at the limit of', () => {
  const filler = (length: number): string => text + `a=x:${'x'.repeat(length - text.length - 6)}\r\n`;
  /** So many lines, and one more, most of them without sense. */
  const beside = (max: number, end: string): readonly [string, string] => {
    const more = `a=x${end}`.repeat(max - text.split('\r\n').length + 1);
    return [text + more, `${text}${more}a=x${end}`];
  };
  const longLimit = `at most ${descriptionLengthMax} characters`;

  it.each([
    ['characters', filler(descriptionLengthMax), filler(descriptionLengthMax + 1), longLimit],
    [
      'sections',
      sections(sectionsMax).replace(/BUNDLE.*/, `BUNDLE ${Array.from({ length: sectionsMax }, (_, i) => i).join(' ')}`),
      sections(sectionsMax + 1),
      `at most ${sectionsMax} sections`,
    ],
    ['lines', ...beside(linesMax, '\r\n'), `at most ${linesMax} lines`],
    ['lines that end with CR only', ...beside(linesMax, '\r'), `at most ${linesMax} lines`],
    ['lines that end with LF only', ...beside(linesMax, '\n'), `at most ${linesMax} lines`],
    // Chromium's audio section has 8 codecs, 2 lines of parameters, 1 of feedback and 4 extensions.
    [
      'codecs',
      lines(codecsMax - 8, (i) => `a=rtpmap:${i} x/8000`),
      lines(codecsMax - 7, (i) => `a=rtpmap:${i} x/8000`),
      `more than ${codecsMax} rtp`,
    ],
    [
      'format parameters',
      lines(codecsMax - 2, (i) => `a=fmtp:${i} x=y`),
      lines(codecsMax - 1, (i) => `a=fmtp:${i} x=y`),
      `more than ${codecsMax} fmtp`,
    ],
    [
      'feedback',
      lines(codecsMax * 16 - 1, () => 'a=rtcp-fb:111 nack'),
      lines(codecsMax * 16, () => 'a=rtcp-fb:111 nack'),
      `more than ${codecsMax * 16} rtcpFb`,
    ],
    [
      'extensions',
      lines(extensionsMax - 4, (i) => `a=extmap:${i + 20} urn:x`),
      lines(extensionsMax - 3, (i) => `a=extmap:${i + 20} urn:x`),
      `more than ${extensionsMax} ext`,
    ],
    [
      'SSRCs',
      lines(ssrcsMax - 1, (i) => `a=ssrc:${i} cname:x`),
      lines(ssrcsMax, (i) => `a=ssrc:${i} cname:x`),
      `at most ${ssrcsMax} SSRCs`,
    ],
    [
      'lines about SSRCs',
      lines(ssrcsMax * 8 - 2, () => 'a=ssrc:1 cname:x'),
      lines(ssrcsMax * 8 - 1, () => 'a=ssrc:1 cname:x'),
      `more than ${ssrcsMax * 8} ssrcs`,
    ],
    [
      'SSRC groups',
      lines(ssrcGroupsMax, () => 'a=ssrc-group:FID 1 2'),
      lines(ssrcGroupsMax + 1, () => 'a=ssrc-group:FID 1 2'),
      `more than ${ssrcGroupsMax} ssrcGroups`,
    ],
    ['rids', lines(ridsMax, (i) => `a=rid:${i} send`), lines(ridsMax + 1, (i) => `a=rid:${i} send`), `${ridsMax} rids`],
    // Chromium's first section has 8 candidates and one fingerprint.
    [
      'candidates',
      lines(candidatesMax - 8, (i) => `a=candidate:${i} 1 udp 1 192.0.2.1 9 typ host`),
      lines(candidatesMax - 7, (i) => `a=candidate:${i} 1 udp 1 192.0.2.1 9 typ host`),
      `at most ${candidatesMax} candidates`,
    ],
    [
      'fingerprints',
      lines(fingerprintsMax - 1, () => 'a=fingerprint:sha-256 AB:CD'),
      lines(fingerprintsMax, () => 'a=fingerprint:sha-256 AB:CD'),
      `at most ${fingerprintsMax} fingerprints`,
    ],
  ])('%s an offer is read, and refused beyond it as too large', (_, atLimit, beyond, message) => {
    expect(refusalOf(atLimit)).toBeUndefined();
    const refusal = refusalOf(beyond);
    expect(refusal).toMatchObject({ code: 'sdp-too-large' });
    expect(refusal?.message).toContain(message);
  });
});

describe('an offer is read', () => {
  const parse = parseSessionDescription;
  const [audio] = parse(text).sections;

  it('with line ends of LF, CR or both', () => {
    expect(parse(text.replaceAll('\r\n', '\n'))).toEqual(parse(text));
    expect(parse(text.replaceAll('\r\n', '\r'))).toEqual(parse(text));
  });

  it('with lines that nobody knows', () => {
    expect(parse(lines(3, (i) => `a=unknown-${i}:x\r\ny=what\r\nnonsense`))).toEqual(parse(text));
    expect(parse(lines(1, () => 'a=bundle-only-not\r\na=mid-not:x\r\na=__proto__:x\r\na=constructor'))).toEqual(
      parse(text),
    );
  });

  it('with lines whose name we know and whose form we do not', () => {
    const odd = [
      'a=rtcp-fb:111',
      'a=rtcp-fb:* trr-int 100',
      'a=extmap:x urn:x',
      'a=ssrc:1',
      'a=rid:',
      'a=msid:{x}',
      'b=X',
    ];
    expect(parse(lines(odd.length, (i) => odd[i]))).toEqual(parse(text));
  });

  it('with blanks behind what has no value', () => {
    expect(parse(text.replaceAll('a=rtcp-mux\r\n', 'a=rtcp-mux \r\n'))).toEqual(parse(text));
  });

  it('with a mid of 16 characters', () => {
    const mid = 'm'.repeat(midLengthMax);
    expect(parse(instead('a=mid:0', `a=mid:${mid}`)).sections[0].mid).toBe(mid);
  });

  it('with the strong ones of several fingerprints, those of the section first (RFC 8122 5)', () => {
    const more = ['sha-1 AA:01', 'SHA-384 aa:02', 'sha-1 AA:03'].map((line) => `a=fingerprint:${line}`).join('\r\n');
    const several = text
      .replace(fingerprintLine, more)
      .replace('t=0 0\r\n', 't=0 0\r\na=fingerprint:sha-512 AA:04\r\n');
    expect(parse(several).sections[0].fingerprints).toEqual([
      { algorithm: 'sha-384', value: 'AA:02' },
      { algorithm: 'sha-512', value: 'AA:04' },
    ]);
  });

  it('without encrypted header extensions, whose plain namesake was not offered (RFC 6904)', () => {
    const encrypted = audioLevel.replace(':1 ', ':1 urn:ietf:params:rtp-hdrext:encrypt ');
    const { extensions } = parse(instead(audioLevel, encrypted)).sections[0];
    expect(extensions).toEqual(audio.extensions.filter(({ id }) => id !== 1));
  });

  it('with the rids that the peer sends, not those that it receives (RFC 8851)', () => {
    const offer = lines(1, () => 'a=rid:hi send max-width=1280\r\na=rid:lo send\r\na=rid:in recv');
    expect(parse(offer).sections[0].rids).toEqual(['hi', 'lo']);
  });

  it('with a payload type that is named twice once', () => {
    expect(parse(text.replace('SAVPF 111 63', 'SAVPF 111 111 63')).sections[0].codecs).toEqual(audio.codecs);
  });

  it('with feedback for all payload types', () => {
    const { codecs } = parse(lines(1, () => 'a=rtcp-fb:* nack')).sections[0];
    expect(codecs.every(({ feedback }) => feedback.includes('nack'))).toBe(true);
  });

  it('without candidates of unknown protocols and types, and with mDNS names as they are', () => {
    const candidates = [
      'a=candidate:1 1 sctp 1 192.0.2.1 9 typ host',
      'a=candidate:1 1 udp 1 192.0.2.1 9 typ quantum',
      'a=candidate:1 1 UDP 7 a-b-c.local 5000 typ srflx raddr 0.0.0.0 rport 0',
      'a=candidate:1 1 tcp 7 fd00::1 9 typ host tcptype active',
    ];
    const base = { foundation: '1', component: 1, priority: 7 };
    const read = parse(lines(4, (i) => candidates[i]));
    expect(parse(serializeSessionDescription(read)).sections[0].candidates).toEqual(read.sections[0].candidates);
    expect(read.sections[0].candidates.slice(-2)).toEqual([
      {
        ...base,
        protocol: 'udp',
        address: 'a-b-c.local',
        port: 5000,
        type: 'srflx',
        related: { ip: '0.0.0.0', port: 0 },
      },
      { ...base, protocol: 'tcp', address: 'fd00::1', port: 9, type: 'host', tcpType: 'active' },
    ]);
  });

  it('with sections of port zero as rejected, unless they are bundle-only (RFC 8843 6)', () => {
    expect(parse(text.replace(/^m=audio \d+/m, 'm=audio 0')).sections[0].isRejected).toBe(true);
    expect(firefox).toContain('m=video 0 ');
    expect(parse(firefox).sections[1].isRejected).toBe(false);
  });

  it('with the direction of the session where a section has none, else sendrecv', () => {
    const bare = text.replaceAll(/^a=(sendonly|recvonly)\r\n/gm, '');
    expect(parse(bare).sections.map(({ direction }) => direction)).toEqual(Array(6).fill('sendrecv'));
    const inactive = bare.replace('t=0 0\r\n', 't=0 0\r\na=inactive\r\n');
    expect(parse(inactive).sections.map(({ direction }) => direction)).toEqual(Array(6).fill('inactive'));
  });
});
