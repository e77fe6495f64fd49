import { bitsPerSecond, CodedError } from '@rivero/core';
import {
  type CryptoSuite,
  cryptoSuites,
  parseSessionDescription,
  serializeSessionDescription,
  type SessionDescription,
} from '@rivero/protocol/sdp';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MediaKind } from '../../../contract.ts';
import { type RtpLocal, RtpNegotiator, type RtpNegotiatorOptions } from '../rtp-negotiator.ts';

const ports: Readonly<Record<MediaKind, number>> = { audio: 20_000, video: 20_002 };

function localOf(address = '192.0.2.2', opened: MediaKind[] = []): RtpLocal {
  return {
    address,
    addresses: (kind) => {
      opened.push(kind);
      return { rtp: { ip: address, port: ports[kind] }, rtcp: { ip: address, port: ports[kind] + 1 } };
    },
    receiveMax: { audio: bitsPerSecond(0), video: bitsPerSecond(0) },
  };
}

let seed = 0;

function negotiator(crypto?: RtpNegotiatorOptions['crypto']): RtpNegotiator {
  const random = (length: number): Uint8Array => Uint8Array.from({ length }, () => (seed = (seed * 73 + 41) & 0xff));
  return new RtpNegotiator({ random, cname: 'our-cname', ...(crypto === undefined ? {} : { crypto }) });
}

function sdp(...lines: readonly string[]): string {
  return ['v=0', 'o=- 12345 12345 IN IP4 127.0.0.1', 's=-', ...lines, ''].join('\r\n');
}

/** An offer as simple programs write it. */
const simple = sdp(
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=video 52126 RTP/AVP 96 97 98',
  'a=rtpmap:96 H264/90000',
  'a=rtpmap:97 MP4V-ES/90000',
  'a=rtpmap:98 H263-1998/90000',
  'a=recvonly',
  'b=AS:384',
);

const both = sdp(
  'c=IN IP4 198.51.100.7',
  't=0 0',
  'm=audio 4000 RTP/AVPF 0 97',
  'a=rtpmap:97 opus/48000/2',
  'm=video 4002 RTP/AVPF 96',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack pli',
  'a=rtcp-fb:96 transport-cc',
  'a=rtcp:4010 IN IP4 198.51.100.8',
);

const inline = 'inline:3Buu1Ugkp3vQFjbT4QElESf34ZnINxKyLXFyWwjX';

function secure(...crypto: readonly string[]): string {
  return sdp('c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 4000 RTP/SAVP 0', ...crypto.map((line) => `a=crypto:${line}`));
}

function textOf(description: SessionDescription): string {
  return serializeSessionDescription(description);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
  return 'none';
}

describe('an RTP endpoint that answers', () => {
  it('a section without mid: one codec that both know, its port and the next, no ICE and no bundle', () => {
    const { answer, sections } = negotiator().answerOffer(simple, localOf());
    const ssrc = sections[0].sent.ssrc;
    expect(textOf(answer).split('\r\n').slice(2)).toEqual([
      's=-',
      'c=IN IP4 192.0.2.2',
      't=0 0',
      'm=video 20002 RTP/AVP 96',
      'a=rtpmap:96 H264/90000',
      'a=rtcp:20003',
      'a=sendonly',
      `a=ssrc:${ssrc} cname:our-cname`,
      '',
    ]);
    expect(sections).toMatchObject([
      {
        kind: 'video',
        received: undefined,
        sendMax: 384_000,
        remote: { rtp: { ip: '127.0.0.1', port: 52_126 }, rtcp: { ip: '127.0.0.1', port: 52_127 }, rtcpMux: false },
      },
    ]);
    expect(sections[0]).not.toHaveProperty('keys');
  });

  it('both ways, with the static payload types, feedback only where the profile has it, and another host for RTCP', () => {
    const { answer, sections } = negotiator().answerOffer(both, localOf());
    const [audio, video] = parseSessionDescription(textOf(answer), { isMidOptional: true }).sections;
    expect(audio.codecs.map(({ name, payloadType }) => `${name} ${payloadType}`)).toEqual(['PCMU 0', 'opus 97']);
    expect(video.codecs[0].feedback).toEqual(['nack pli']);
    expect(video.addresses?.rtcp).toEqual({ ip: '192.0.2.2', port: 20_003 });
    expect(sections[1].remote.rtcp).toEqual({ ip: '198.51.100.8', port: 4_010 });
    expect(sections.map(({ received }) => received?.codecs.length)).toEqual([2, 1]);
    const plain = both.replaceAll('AVPF', 'AVP');
    const [, other] = negotiator().answerOffer(plain, localOf()).answer.sections;
    expect(other.codecs[0].feedback).toEqual([]);
  });

  it('what does not fit with port 0 and inactive, and opens no port for it', () => {
    const opened: MediaKind[] = [];
    const offer = sdp(
      'c=IN IP4 198.51.100.7',
      't=0 0',
      'm=video 4000 RTP/AVP 97',
      'a=rtpmap:97 MP4V-ES/90000',
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:96 VP8/90000',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=rtpmap:96 VP8/90000',
      'm=video 4002 RTP/SAVPF 96',
      'a=rtpmap:96 VP8/90000',
      `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${inline}`,
      'm=audio 4004 RTP/AVP 8',
      'm=audio 4006 RTP/AVP 8',
    );
    const { answer, sections } = negotiator().answerOffer(offer, localOf(undefined, opened));
    expect(textOf(answer).match(/^m=.*\r\na=inactive/gm)).toEqual([
      'm=video 0 RTP/AVP 97\r\na=inactive',
      'm=video 0 RTP/AVP 96\r\na=inactive',
      'm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=inactive',
      'm=video 0 UDP/TLS/RTP/SAVPF 96\r\na=inactive',
      'm=video 0 RTP/SAVPF 96\r\na=inactive',
      'm=audio 0 RTP/AVP 8\r\na=inactive',
    ]);
    expect(sections.map(({ kind }) => kind)).toEqual(['audio']);
    expect(opened).toEqual(['audio']);
  });

  it('with the offered suite, tag and a key of ours, and never without encryption', () => {
    const key = Uint8Array.from({ length: 30 }, (_, i) => i);
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    const own = negotiator({ suite, key });
    const offer = secure(`1 AES_CM_128_HMAC_SHA1_32 ${inline}`, `7 ${suite} ${inline}|2^20`);
    const { answer, sections } = own.answerOffer(offer, localOf());
    expect(textOf(answer)).toContain('m=audio 20000 RTP/SAVP 0\r\n');
    expect(textOf(answer)).toContain(`a=crypto:7 ${suite} inline:${Buffer.from(key).toString('base64')}\r\n`);
    expect(sections[0].keys?.remote.lifetime).toBe(2 ** 20);
    expect(sections[0].keys?.local.masterKey).toEqual(key.slice(0, 16));
    for (const refused of [both, secure(), secure(`1 AES_CM_128_HMAC_SHA1_32 ${inline}`)]) {
      expect(own.answerOffer(refused, localOf()).sections).toEqual([]);
    }
    expect(negotiator().answerOffer(offer, localOf()).sections).toEqual([]);
  });

  it.each([
    ['an MKI', `1 AES_CM_128_HMAC_SHA1_80 ${inline}|2^20|1:4`],
    ['two keys', `1 AES_CM_128_HMAC_SHA1_80 ${inline};${inline}`],
    ['no encryption of SRTP', `1 AES_CM_128_HMAC_SHA1_80 ${inline} UNENCRYPTED_SRTP`],
    ['no authentication', `1 AES_CM_128_HMAC_SHA1_80 ${inline} UNAUTHENTICATED_SRTP`],
    ['a key derivation rate', `1 AES_CM_128_HMAC_SHA1_80 ${inline} KDR=4`],
    ['another suite', `1 F8_128_HMAC_SHA1_80 ${inline}`],
  ])('no line with %s, but one beside it', (_name, line) => {
    const own = negotiator({ suite: 'AES_CM_128_HMAC_SHA1_80' });
    expect(own.answerOffer(secure(line), localOf()).sections).toEqual([]);
    const beside = secure(line, `2 AES_CM_128_HMAC_SHA1_80 ${inline} WSH=128 -X`);
    expect(own.answerOffer(beside, localOf()).answer.sections[0].crypto).toMatchObject([{ tag: 2 }]);
  });

  it.each<CryptoSuite>([
    'AES_CM_128_HMAC_SHA1_80',
    'AES_CM_128_HMAC_SHA1_32',
    'AES_256_CM_HMAC_SHA1_80',
    'AES_256_CM_HMAC_SHA1_32',
  ])('another endpoint that offers with %s: each has the key of the other', (suite) => {
    const [one, other] = [negotiator({ suite }), negotiator({ suite })];
    const offer = one.createOffer({ audio: 'sendrecv', video: 'sendrecv' }, localOf('192.0.2.1'));
    const answered = other.answerOffer(textOf(offer), localOf('192.0.2.2'));
    const applied = one.applyAnswer(textOf(answered.answer));
    for (const [i, { keys }] of applied.sections.entries()) {
      expect(keys?.remote).toEqual(answered.sections[i].keys?.local);
      expect(keys?.local).toEqual(answered.sections[i].keys?.remote);
      expect(keys?.local.masterKey).toHaveLength(cryptoSuites[suite].keyLength);
    }
    expect(applied.sections[0].keys?.local).not.toEqual(applied.sections[1].keys?.local);
  });

  it('over IPv6 and with rtcp-mux', () => {
    const offer = sdp('c=IN IP6 2001:DB8:0:0::1', 't=0 0', 'm=audio 4000 RTP/AVP 0', 'a=rtcp-mux');
    const { answer, sections } = negotiator().answerOffer(offer, localOf('2001:db8::2'));
    expect(textOf(answer)).toContain('c=IN IP6 2001:db8::2\r\n');
    expect(textOf(answer)).toContain('a=rtcp-mux\r\n');
    expect(textOf(answer)).toContain('a=rtcp:20000\r\n');
    expect(sections[0].remote).toMatchObject({ rtp: { ip: '2001:db8::1', port: 4_000 }, rtcpMux: true });
  });

  it('an address that is a name, or none, as one that it does not know', () => {
    for (const line of ['c=IN IP4 media.example.org', 'i=none', 'c=IN IP4 999.1.1.1', 'c=IN IP4 10.0.0']) {
      const { sections } = negotiator().answerOffer(sdp(line, 't=0 0', 'm=audio 4000 RTP/AVP 0'), localOf());
      expect(sections[0].remote).toEqual({ rtp: undefined, rtcp: undefined, rtcpMux: false });
    }
  });

  it('H.264 without format parameters as the one that everybody sends', () => {
    const { sections } = negotiator().answerOffer(simple, localOf());
    expect(sections[0].sentCodecs[0].parameters).toEqual({
      'packetization-mode': '1',
      'profile-level-id': '42e01f',
    });
  });

  it('the baseline profile of H.264 as constrained baseline, other profiles and packetization modes as they are', () => {
    const understood = (fmtp: string): readonly (string | undefined)[] => {
      const offer = simple.replace('a=recvonly', `a=fmtp:96 ${fmtp}\r\na=recvonly`);
      const { answer, sections } = negotiator().answerOffer(offer, localOf());
      expect(textOf(answer)).toContain(`a=fmtp:96 ${fmtp}\r\n`);
      const { parameters } = sections[0].sentCodecs[0];
      return [parameters['profile-level-id'], parameters['packetization-mode']];
    };
    expect(understood('profile-level-id=42801F')).toEqual(['42e01F', '1']);
    expect(understood('packetization-mode=0;profile-level-id=420014')).toEqual(['42e014', '0']);
    expect(understood('profile-level-id=64001f')).toEqual(['64001f', '1']);
  });

  it('a later offer with the same SSRC, key and ports, and another source address', () => {
    const own = negotiator({ suite: 'AES_CM_128_HMAC_SHA1_80' });
    const first = own.answerOffer(secure(`1 AES_CM_128_HMAC_SHA1_80 ${inline}`), localOf());
    first.commit();
    const moved = secure(`1 AES_CM_128_HMAC_SHA1_80 ${inline}`).replace('198.51.100.7', '198.51.100.9');
    const second = own.answerOffer(moved, localOf());
    expect(second.sections[0].sent).toEqual(first.sections[0].sent);
    expect(second.sections[0].keys).toEqual(first.sections[0].keys);
    expect(second.sections[0].remote.rtp?.ip).toBe('198.51.100.9');
    expect(second.answer.sessionVersion).toBe(first.answer.sessionVersion + 1);
  });
});

describe('an RTP endpoint that offers', () => {
  it('opus, PCMU, PCMA, H265, AV1, VP9, VP8 and H264 with feedback, each kind on its own port', () => {
    const own = negotiator();
    const offer = own.createOffer({ audio: 'sendrecv', video: 'recvonly' }, localOf());
    const text = textOf(offer);
    expect(text).toContain('m=audio 20000 RTP/AVPF 96 0 8\r\n');
    expect(text).toContain('m=video 20002 RTP/AVPF 105 106 107 108 109\r\n');
    expect(text).not.toMatch(/BUNDLE|ice-|fingerprint|candidate|setup|msid|crypto/);
    expect(text.match(/a=mid:.*/g)).toEqual(['a=mid:audio0', 'a=mid:video0']);
    expect(text.match(/a=(sendrecv|recvonly)/g)).toEqual(['a=sendrecv', 'a=recvonly']);
    expect(text.match(/a=ssrc:/g)).toHaveLength(1);
    expect(own.described).toBe(offer);
  });

  it('takes the answer: codecs, directions, addresses; and again an offer with the same sections', () => {
    const own = negotiator();
    const directions = { audio: 'sendrecv', video: 'sendrecv' } as const;
    const offer = own.createOffer(directions, localOf());
    const answer = sdp(
      'c=IN IP4 203.0.113.9',
      't=0 0',
      'm=audio 0 RTP/AVPF 96',
      'm=video 7000 RTP/AVPF 100',
      'a=rtpmap:100 VP8/90000',
      'a=sendonly',
    );
    const applied = own.applyAnswer(answer);
    expect(applied.sections).toMatchObject([
      { kind: 'video', sentCodecs: [], remote: { rtp: { ip: '203.0.113.9', port: 7_000 } } },
    ]);
    expect(applied.sections[0].received?.codecs.map(({ payloadType }) => payloadType)).toEqual([108]);
    expect(applied.sections[0].sent.ssrc).toBe(offer.sections[1].ssrcs[0]);
    applied.commit();
    const again = own.createOffer(directions, localOf());
    expect(again.sections.map(({ kind, isRejected }) => `${kind} ${isRejected}`)).toEqual([
      'audio true',
      'video false',
      'audio false',
    ]);
    expect(again.sections[1].ssrcs).toEqual(offer.sections[1].ssrcs);
    expect(new Set(again.sections.map(({ mid }) => mid)).size).toBe(3);
  });

  it('refuses an answer without an offer, one of other sections, and an offer of nothing', () => {
    const own = negotiator();
    expect(codeOf(() => own.applyAnswer(simple))).toBe('sdp-no-offer');
    expect(codeOf(() => own.createOffer({ audio: undefined, video: undefined }, localOf()))).toBe('sdp-no-sections');
    own.createOffer({ audio: 'sendrecv', video: undefined }, localOf());
    expect(codeOf(() => own.applyAnswer(simple))).toBe('sdp-sections-moved');
    expect(codeOf(() => own.applyAnswer(both))).toBe('sdp-sections-moved');
  });

  it('refuses a key of another length than its suite has', () => {
    const refused = (length: number): string =>
      codeOf(() => negotiator({ suite: 'AES_256_CM_HMAC_SHA1_80', key: new Uint8Array(length) }));
    expect([45, 30, 46, 47].map(refused)).toEqual([
      'crypto-key-length',
      'crypto-key-length',
      'none',
      'crypto-key-length',
    ]);
  });
});

describe('any offer', () => {
  const lines = [...both.split('\r\n'), ...simple.split('\r\n'), `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${inline}`];
  const edit = fc.oneof(fc.constantFrom(...lines), fc.string({ maxLength: 20 }), fc.constant('m=audio 4 RTP/SAVP 0 8'));

  it('is answered with as many sections, which can be read, or refused with a code', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 20 }), fc.boolean(), (more, isSecure) => {
        const own = negotiator(isSecure ? { suite: 'AES_CM_128_HMAC_SHA1_80' } : undefined);
        const text = sdp('c=IN IP4 127.0.0.1', 't=0 0', ...more);
        const code = codeOf(() => {
          const { answer, sections } = own.answerOffer(text, localOf());
          const read = parseSessionDescription(textOf(answer), { isMidOptional: true });
          expect(read.sections).toHaveLength(answer.sections.length);
          expect(sections.every(({ keys }) => (keys !== undefined) === isSecure)).toBe(true);
        });
        expect(code).toMatch(/^(none|sdp-malformed|sdp-too-large|sdp-no-mid|sdp-weak-fingerprint)$/);
      }),
      { numRuns: 400 },
    );
  });
});
