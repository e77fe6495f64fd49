import { describe, expect, it } from 'vitest';
import { linesOfSection, local, type OfferName, offers } from '../../test/sdp-offers.ts';
import {
  answeredCodec,
  type CodecName,
  codecNameOf,
  createAnswer,
  isAnswerable,
  type MediaSection,
  parseSessionDescription,
  readRemoteTransport,
  type RtpCodec,
  type SectionAnswer,
  type SentTrack,
  serializeSessionDescription,
  type SessionDescription,
} from './index.ts';

const sent: SentTrack = {
  msid: { stream: 'their-stream', track: 'their-track' },
  cname: 'their-cname',
  ssrc: 11,
  rtxSsrc: 12,
};

/** Answers every section in the way that its direction allows, with the wanted codec where a section has it. */
function answersFor(offer: SessionDescription, video?: CodecName): readonly SectionAnswer[] {
  return offer.sections.map((section) => {
    if (!isAnswerable(section)) return { type: 'reject' };
    const codec = codecOf(section, section.kind === 'audio' ? 'opus' : video);
    return section.direction === 'recvonly' ? { type: 'send', codec, sent } : { type: 'receive', codec };
  });
}

function codecOf(section: MediaSection, name?: CodecName): RtpCodec {
  const found = section.codecs.find((codec) => name === undefined || codecNameOf(codec) === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function answer(offer: SessionDescription, sections: readonly SectionAnswer[] = answersFor(offer)): SessionDescription {
  return createAnswer(offer, { sessionId: '4711', sessionVersion: 3, local, sections });
}

function answerText(name: OfferName, video?: CodecName): string {
  const offer = parseSessionDescription(offers[name]);
  return serializeSessionDescription(answer(offer, answersFor(offer, video)));
}

const chromium = parseSessionDescription(offers['chromium156-room']);

describe('an answer to Chromium', () => {
  it('is this text, line by line, for a received and a sent section', () => {
    const text = answerText('chromium156-room', 'VP8');
    const [beforeSections] = text.split('m=');
    expect(beforeSections.trimEnd().split('\r\n')).toEqual([
      'v=0',
      'o=- 4711 3 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=ice-lite',
      'a=msid-semantic: WMS *',
      'a=group:BUNDLE 0 1 2 3 4 5',
    ]);
    const transport = [
      'a=setup:passive',
      'a=ice-ufrag:ourUfrag',
      'a=ice-pwd:ourPasswordOf24Character',
      `a=fingerprint:sha-256 ${local.fingerprint.value}`,
      'a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host',
      'a=candidate:2 1 tcp 2105458943 192.0.2.1 40001 typ host tcptype passive',
      'a=end-of-candidates',
      'a=rtcp-mux',
    ];
    expect([...linesOfSection(text, '1')].sort()).toEqual(
      [
        'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
        'c=IN IP4 0.0.0.0',
        'a=mid:1',
        'a=recvonly',
        ...transport,
        'a=rtcp-rsize',
        'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
        'a=extmap:13 urn:3gpp:video-orientation',
        'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
        'a=rtpmap:96 VP8/90000',
        'a=rtcp-fb:96 transport-cc',
        'a=rtcp-fb:96 ccm fir',
        'a=rtcp-fb:96 nack',
        'a=rtcp-fb:96 nack pli',
        'a=rtpmap:97 rtx/90000',
        'a=fmtp:97 apt=96',
      ].sort(),
    );
    expect([...linesOfSection(text, '2')].sort()).toEqual(
      [
        'm=audio 9 UDP/TLS/RTP/SAVPF 111',
        'c=IN IP4 0.0.0.0',
        'a=mid:2',
        'a=sendonly',
        ...transport,
        'a=rtcp-rsize',
        'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
        'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
        'a=rtpmap:111 opus/48000/2',
        'a=fmtp:111 minptime=10;useinbandfec=1',
        'a=msid:their-stream their-track',
        'a=ssrc-group:FID 11 12',
        'a=ssrc:11 cname:their-cname',
        'a=ssrc:12 cname:their-cname',
      ].sort(),
    );
  });

  it('keeps the payload type and the RTX of each codec that it can be asked for', () => {
    const codecLines = (name: OfferName, video: CodecName): readonly string[] =>
      linesOfSection(answerText(name, video), '1').filter((line) => /^(m=|a=rtpmap|a=fmtp)/.test(line));
    expect(codecLines('chromium156-room', 'VP9')).toEqual([
      'm=video 9 UDP/TLS/RTP/SAVPF 98 99',
      'a=rtpmap:98 VP9/90000',
      'a=rtpmap:99 rtx/90000',
      'a=fmtp:98 profile-id=0',
      'a=fmtp:99 apt=98',
    ]);
    expect(codecLines('chromium156-room', 'AV1')).toEqual([
      'm=video 9 UDP/TLS/RTP/SAVPF 45 46',
      'a=rtpmap:45 AV1/90000',
      'a=rtpmap:46 rtx/90000',
      'a=fmtp:45 level-idx=5;profile=0;tier=0',
      'a=fmtp:46 apt=45',
    ]);
    expect(codecLines('safari18-room', 'H264')).toEqual([
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
      'a=rtpmap:96 H264/90000',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f',
      'a=fmtp:97 apt=96',
    ]);
    expect(codecLines('firefox153-room', 'VP8')).toEqual([
      'm=video 9 UDP/TLS/RTP/SAVPF 120 124',
      'a=rtpmap:120 VP8/90000',
      'a=rtpmap:124 rtx/90000',
      'a=fmtp:120 max-fs=12288;max-fr=60',
      'a=fmtp:124 apt=120',
    ]);
  });
});

describe.each(['chromium156-room', 'firefox153-room', 'safari18-room'] as const)('the answer to %s', (name) => {
  const offer = parseSessionDescription(offers[name]);
  const answered = parseSessionDescription(serializeSessionDescription(answer(offer)));

  it('has the sections of the offer, in their order, in one bundle, with rtcp-mux', () => {
    expect(answered.sections.map(({ kind, mid }) => `${kind} ${mid}`)).toEqual(
      offer.sections.map(({ kind, mid }) => `${kind} ${mid}`),
    );
    expect(answered.bundle).toEqual(offer.bundle);
    expect(answered.sections.every(({ rtcpMux, isRejected }) => rtcpMux && !isRejected)).toBe(true);
  });

  it('mirrors the directions', () => {
    expect(answered.sections.map(({ direction }) => direction)).toEqual(
      offer.sections.map(({ direction }) => (direction === 'sendonly' ? 'recvonly' : 'sendonly')),
    );
  });

  it('is ICE-lite and DTLS server, with our fingerprint, credentials and candidates in each section', () => {
    expect(answered.iceLite).toBe(true);
    for (const section of answered.sections) {
      expect(section).toMatchObject({
        ice: local.ice,
        fingerprints: [local.fingerprint],
        setup: 'passive',
        candidates: local.candidates,
        isEndOfCandidates: true,
      });
    }
  });

  it('echoes the ids of extensions that we know and no others; transport-wide sequence numbers only where we receive', () => {
    for (const [i, section] of answered.sections.entries()) {
      const offered = offer.sections[i].extensions;
      for (const extension of section.extensions) expect(offered).toContainEqual(extension);
      const isReceived = section.direction === 'recvonly';
      const own = section.kind === 'audio' ? ['mid', 'ssrc-audio-level'] : ['mid', 'video-orientation'];
      const known = isReceived ? [...own, 'transport-wide-cc-extensions-01'] : own;
      const offeredUris = offered.map(({ uri }) => uri);
      const expected = known.filter((end) => offeredUris.some((uri) => uri.endsWith(end)));
      expect(section.extensions.map(({ uri }) => expected.find((end) => uri.endsWith(end)))).toEqual(expected);
    }
  });

  it('asks for feedback that we act on: never goog-remb, transport-cc only where we receive', () => {
    for (const section of answered.sections) {
      const feedback = section.codecs.flatMap((codec) => codec.feedback);
      expect(feedback).not.toContain('goog-remb');
      expect(feedback.includes('transport-cc')).toBe(section.direction === 'recvonly');
      if (section.kind === 'video') expect(feedback).toEqual(expect.arrayContaining(['nack', 'nack pli', 'ccm fir']));
    }
  });

  it('names one codec a section', () => {
    for (const section of answered.sections) expect(section.codecs).toHaveLength(1);
  });
});

describe('simulcast', () => {
  it.each(['chromium156-simulcast', 'firefox153-simulcast'] as const)(
    'of %s is answered without rids, so that the browser sends one layer (RFC 8853 5.3.2), and the data channel rejected',
    (name) => {
      const offer = parseSessionDescription(offers[name]);
      expect(offer.sections[1].rids).toEqual(['a', 'b', 'c']);
      const text = serializeSessionDescription(answer(offer));
      const camera = linesOfSection(text, '1');
      expect(camera).toContain('a=recvonly');
      expect(text).not.toMatch(/^a=(rid|simulcast)/m);
      expect(linesOfSection(text, '2')).toEqual([
        'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
        'c=IN IP4 0.0.0.0',
        'a=mid:2',
        'a=inactive',
      ]);
      expect(text).toContain('a=group:BUNDLE 0 1\r\n');
    },
  );
});

describe('createAnswer', () => {
  it('answers an unused section inactive, with its first codec, so that it can be used later', () => {
    const sections = chromium.sections.map((): SectionAnswer => ({ type: 'inactive' }));
    const answered = answer(chromium, sections);
    expect(answered.sections.map(({ direction, isRejected }) => `${direction} ${isRejected}`)).toEqual(
      chromium.sections.map(() => 'inactive false'),
    );
    expect(answered.sections[1].codecs.map(({ payloadType }) => payloadType)).toEqual([96]);
    expect(answered.bundle).toEqual(chromium.bundle);
  });

  it('rejects sections beyond the answers that it is given', () => {
    const answered = answer(chromium, [{ type: 'inactive' }]);
    expect(answered.sections.map(({ isRejected }) => isRejected)).toEqual([false, true, true, true, true, true]);
    expect(answered.bundle).toEqual(['0']);
  });

  it('writes no bundle line when every section is rejected', () => {
    expect(serializeSessionDescription(answer(chromium, []))).not.toContain('a=group');
  });

  it('sends without RTX when the track has none', () => {
    const { rtxPayloadType: _, ...codec } = codecOf(chromium.sections[3], 'VP8');
    const { rtxSsrc: __, ...single } = sent;
    const answered = answer(chromium, [
      { type: 'reject' },
      { type: 'reject' },
      { type: 'reject' },
      { type: 'send', codec, sent: single },
    ]);
    const lines = linesOfSection(serializeSessionDescription(answered), '3');
    expect(lines).toContain('m=video 9 UDP/TLS/RTP/SAVPF 96');
    expect(lines.filter((line) => line.startsWith('a=ssrc'))).toEqual(['a=ssrc:11 cname:their-cname']);
  });

  it('offers reduced-size RTCP only where the peer did', () => {
    const offer = parseSessionDescription(offers['chromium156-room'].replaceAll('a=rtcp-rsize\r\n', ''));
    expect(answer(offer).sections.every(({ rtcpRsize }) => !rtcpRsize)).toBe(true);
  });
});

describe('the DTLS role', () => {
  it.each([
    ['actpass', 'server', 'passive'],
    ['active', 'server', 'passive'],
    ['passive', 'client', 'active'],
  ] as const)('for a=setup:%s is %s, answered as %s (RFC 8842 5.2)', (setup, role, answeredSetup) => {
    const offer = parseSessionDescription(offers['chromium156-room'].replaceAll('a=setup:actpass', `a=setup:${setup}`));
    expect(readRemoteTransport(offer).dtlsRole).toBe(role);
    expect(answer(offer).sections[0].setup).toBe(answeredSetup);
  });

  it('without a=setup is server', () => {
    const offer = parseSessionDescription(offers['chromium156-room'].replaceAll('a=setup:actpass\r\n', ''));
    expect(readRemoteTransport(offer).dtlsRole).toBe('server');
  });
});

describe('the transport of the peer', () => {
  it('is that of the section which the group names first (RFC 8843 7.2)', () => {
    const sections = chromium.sections.map((section, i) => ({
      ...section,
      ice: { ufrag: `ufrag${i}`, pwd: 'p'.repeat(22) },
    }));
    expect(readRemoteTransport({ ...chromium, sections }).ice.ufrag).toBe('ufrag0');
    expect(readRemoteTransport({ ...chromium, sections, bundle: ['3', '0', '1', '2', '4', '5'] }).ice.ufrag).toBe(
      'ufrag3',
    );
  });

  it('passes over a rejected section, even when the group still names it first', () => {
    const sections = chromium.sections.map((section, i) => {
      if (i > 0) return section;
      const { ice: _, ...rest } = section;
      return { ...rest, isRejected: true };
    });
    expect(readRemoteTransport({ ...chromium, sections }).ice).toEqual(chromium.sections[1].ice);
  });

  it('may be left out of bundle-only sections, and rtcp-mux too (RFC 8829 5.2.1)', () => {
    const text = offers['firefox153-room'];
    const [head, first, ...others] = text.split(/^(?=m=)/m);
    const bare = others.map((part) => part.replaceAll(/^a=(ice-|rtcp-mux|setup).*\r\n/gm, ''));
    const offer = parseSessionDescription([head, first, ...bare].join(''));
    expect(offer.sections[1].ice).toBeUndefined();
    expect(readRemoteTransport(offer)).toEqual(readRemoteTransport(parseSessionDescription(text)));
    expect(answer(offer).sections.every(({ rtcpMux, isRejected }) => rtcpMux && !isRejected)).toBe(true);
  });

  it('may be given once for the whole session', () => {
    const lines = ['a=ice-ufrag:abcd', `a=ice-pwd:${'p'.repeat(22)}`, 'a=setup:active', 'a=fingerprint:sha-256 AB:CD'];
    const text = offers['chromium156-room']
      .replaceAll(/^a=(ice-ufrag|ice-pwd|setup|fingerprint).*\r\n/gm, '')
      .replace('t=0 0\r\n', `t=0 0\r\n${lines.join('\r\n')}\r\n`);
    expect(readRemoteTransport(parseSessionDescription(text))).toEqual({
      ice: { ufrag: 'abcd', pwd: 'p'.repeat(22) },
      fingerprints: [{ algorithm: 'sha-256', value: 'AB:CD' }],
      dtlsRole: 'server',
    });
  });
});

describe('isAnswerable', () => {
  const [audio] = chromium.sections;

  it.each([
    ['audio over DTLS', audio, true],
    ['audio over DTLS and TCP', { ...audio, protocol: 'TCP/TLS/RTP/SAVPF' }, true],
    ['audio in the clear', { ...audio, protocol: 'RTP/AVP' }, false],
    ['audio with SDES keys', { ...audio, protocol: 'RTP/SAVPF' }, false],
    ['a data channel', { ...audio, kind: 'application' }, false],
    ['text', { ...audio, kind: 'text' }, false],
    ['a section switched off', { ...audio, isRejected: true }, false],
    ['audio without a codec of ours', { ...audio, codecs: audio.codecs.slice(1) }, false],
  ])('%s: %#', (_, section, expected) => {
    expect(isAnswerable(section)).toBe(expected);
  });
});

it('answeredCodec keeps payload types and parameters and drops feedback that nobody acts on', () => {
  const offered = codecOf(chromium.sections[1], 'VP8');
  expect(offered.feedback).toEqual(['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli']);
  expect(answeredCodec(offered, true)).toEqual({
    ...offered,
    feedback: ['transport-cc', 'ccm fir', 'nack', 'nack pli'],
  });
  expect(answeredCodec(offered, false)).toEqual({ ...offered, feedback: ['ccm fir', 'nack', 'nack pli'] });
});
