import { bitsPerSecond } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import {
  codecsOf,
  directionsOf,
  Endpoint,
  freshTransport,
  ourTransport,
  recorded,
  reread,
  sendrecv,
  textOf,
} from './endpoint-negotiating.ts';

const chromium = sendrecv(recorded('chromium156-room'));

function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'none';
}

describe('an endpoint that answers a browser', () => {
  it('uses the first section of each kind, with all codecs of both sides in the offer’s order', () => {
    const { answer, sections } = new Endpoint().answer(chromium);
    expect(directionsOf(reread(answer))).toEqual([
      '0 sendrecv',
      '1 sendrecv',
      ...['2', '3', '4', '5'].map((mid) => `${mid} rejected`),
    ]);
    expect(answer.bundle).toEqual(['0', '1']);
    expect(codecsOf(answer.sections[0])).toEqual(['opus 111', 'PCMU 0', 'PCMA 8']);
    expect(codecsOf(answer.sections[1])[0]).toBe('VP8 96/97');
    expect(codecsOf(answer.sections[1])).toContain('AV1 45/46');
    expect(
      sections.map(({ received, sentCodecs }) => [codecsOf(received ?? { codecs: [] }), sentCodecs.length]),
    ).toEqual([
      [codecsOf(answer.sections[0]), 3],
      [codecsOf(answer.sections[1]), answer.sections[1].codecs.length],
    ]);
  });

  it('announces an SSRC, an RTX SSRC, one cname and a stream of ours at once', () => {
    const { answer, sections } = new Endpoint().answer(chromium);
    const [audio, video] = reread(answer).sections;
    expect(audio.ssrcs).toHaveLength(1);
    expect(video.ssrcGroups).toEqual([{ semantics: 'FID', ssrcs: video.ssrcs }]);
    expect(new Set([...audio.ssrcs, ...video.ssrcs]).size).toBe(3);
    expect([audio.cname, video.cname]).toEqual(['our-cname', 'our-cname']);
    expect(audio.msid?.stream).toBe(video.msid?.stream);
    expect(sections[1].sent).toMatchObject({ ssrc: video.ssrcs[0], rtxSsrc: video.ssrcs[1], mid: '1' });
  });

  it('answers the feedback and the header extensions that we act on', () => {
    const { answer } = new Endpoint().answer(chromium);
    const [, video] = answer.sections;
    expect(video.codecs[0].feedback.toSorted()).toEqual(['ccm fir', 'goog-remb', 'nack', 'nack pli', 'transport-cc']);
    expect(video.extensions.map(({ uri }) => uri.replace(/.*[:/]/, ''))).toEqual([
      'mid',
      'video-orientation',
      'draft-holmer-rmcat-transport-wide-cc-extensions-01',
    ]);
    expect(textOf(answer)).toMatch(/^a=ice-lite$/m);
    expect(textOf(answer)).not.toMatch(/candidate/);
  });

  it('takes the browser’s SSRCs where they are announced, and leaves those of simulcast to MID', () => {
    const [, video] = new Endpoint().answer(chromium).sections;
    expect(video.received).toMatchObject({ ssrc: expect.any(Number), rtxSsrc: expect.any(Number) });
    const [, layers] = new Endpoint().answer(sendrecv(recorded('chromium156-simulcast'))).sections;
    expect(layers.received).not.toHaveProperty('ssrc');
    const [, firefox] = new Endpoint().answer(sendrecv(recorded('firefox153-room'))).sections;
    expect(firefox.received).toHaveProperty('ssrc');
  });

  it('takes the first of the layers that a client announces by SSRC, and none of the others', () => {
    const [before] = /a=ssrc-group:FID [^]*$/.exec(chromium.split(/^(?=m=)/m)[2]) ?? [''];
    const layers = (text: string) => new Endpoint().answer(chromium.replace(before, text)).sections[1].received;
    const lines = [1, 2, 3].map((ssrc) => `a=ssrc:${ssrc} cname:c\r\n`).join('');
    const simple = layers(`a=x-google-flag:conference\r\na=ssrc-group:SIM 1 2 3\r\n${lines}`);
    expect(simple).toMatchObject({ ssrc: 1, otherSsrcs: [2, 3] });
    expect(simple).not.toHaveProperty('rtxSsrc');
    const all = [1, 2, 3].map((ssrc) => `a=ssrc:${ssrc} cname:c\r\na=ssrc:${ssrc + 3} cname:c\r\n`).join('');
    const groups = [3, 2, 1].map((ssrc) => `a=ssrc-group:FID ${ssrc} ${ssrc + 3}\r\n`).join('');
    const repaired = layers(`a=ssrc-group:SIM 1 2 3\r\n${groups}${all}`);
    expect(repaired).toMatchObject({ ssrc: 1, rtxSsrc: 4, otherSsrcs: [2, 5, 3, 6] });
  });

  it('puts the H.264 that others receive before the one that Safari prefers, and nothing else out of order', () => {
    const { answer } = new Endpoint().answer(sendrecv(recorded('safari18-room')));
    const [first] = answer.sections[1].codecs;
    expect(first).toMatchObject({
      name: 'H264',
      parameters: { 'profile-level-id': '42e01f', 'packetization-mode': '1' },
    });
  });

  it.each([
    ['sendonly', 'sendrecv', '1 recvonly'],
    ['recvonly', 'sendrecv', '1 sendonly'],
    ['inactive', 'sendrecv', '1 inactive'],
    ['sendrecv', 'recvonly', '1 recvonly'],
    ['sendrecv', 'sendonly', '1 sendonly'],
    ['sendonly', 'sendonly', '1 inactive'],
  ] as const)('answers %s with what an endpoint that may %s can: %s', (offered, direction, expected) => {
    const offer = chromium.replaceAll('a=sendrecv', `a=${offered}`);
    const { answer, sections } = new Endpoint(direction).answer(offer);
    expect(directionsOf(answer)[1]).toBe(expected);
    expect(sections[1].received !== undefined).toBe(/recv/.test(expected));
    expect(sections[1].sentCodecs.length > 0).toBe(/send/.test(expected));
  });

  it('says what it receives at most, and learns what the browser does', () => {
    const endpoint = new Endpoint();
    endpoint.receiveMax = { audio: bitsPerSecond(0), video: bitsPerSecond(500_000) };
    const offer = chromium.replace(/(m=video 9 .*\r?\n.*\r?\n)/, '$1b=TIAS:300000\r\n');
    const { answer, sections } = endpoint.answer(offer);
    expect(
      reread(answer)
        .sections.slice(0, 2)
        .map(({ bandwidth }) => bandwidth),
    ).toEqual([undefined, 500_000]);
    expect(sections.map(({ sendMax }) => sendMax)).toEqual([undefined, 300_000]);
  });

  it('rejects everything where no section can be used, without a transport', () => {
    const offer =
      'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 9000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n';
    const { answer, remote, sections } = new Endpoint().answer(offer);
    expect(textOf(answer)).toMatch(/m=video 0 RTP\/AVP 96\r\n[^]*a=inactive/);
    expect([remote, sections]).toEqual([undefined, []]);
  });

  it('needs no bundle and no mid for one section alone', () => {
    const text = recorded('chromium156-room')
      .split(/^(?=m=)/m)
      .slice(0, 2)
      .join('');
    const alone = text.replace(/a=group:BUNDLE.*\r?\n/, '').replace(/a=mid:.*\r?\n/, '');
    const { answer, sections } = new Endpoint().answer(alone);
    expect(answer.sections[0]).toMatchObject({ mid: '', isRejected: false, direction: 'recvonly' });
    expect(textOf(answer)).not.toMatch(/a=(mid|group)/);
    expect(sections[0].received?.extensions).not.toHaveProperty('mid');
  });

  it('refuses what it cannot secure or share a transport with, and stays as it was', () => {
    const endpoint = new Endpoint();
    const refusal = (offer: string): unknown => codeOf(() => endpoint.answer(offer));
    expect(refusal('hello')).toBe('sdp-malformed');
    expect(refusal(chromium.replace(/a=group:BUNDLE.*\r?\n/, ''))).toBe('sdp-no-bundle');
    expect(refusal(chromium.replaceAll(/a=rtcp-mux\r?\n/g, ''))).toBe('sdp-no-rtcp-mux');
    expect(refusal(chromium.replaceAll(/a=ice-ufrag.*\r?\n/g, ''))).toBe('sdp-no-ice');
    expect(refusal(chromium.replaceAll(/a=fingerprint.*\r?\n/g, ''))).toBe('sdp-no-fingerprint');
    expect(endpoint.negotiator.described).toBeUndefined();
    expect(refusal(chromium)).toBe('none');
  });

  it('checks and nominates where the offerer is lite, and says so', () => {
    const { answer, remote, isControlling } = new Endpoint().answer(chromium.replace('a=msid', 'a=ice-lite\r\na=msid'));
    expect([answer.iceLite, remote?.isLite, isControlling]).toEqual([false, true, true]);
  });
});

describe('a later offer', () => {
  it('changes nothing where it says the same', () => {
    const endpoint = new Endpoint();
    const first = endpoint.answer(chromium);
    const second = endpoint.answer(chromium);
    expect(second.sections).toEqual(first.sections);
    expect(second.isIceRestart).toBe(false);
    expect(second.answer.sessionVersion).toBe(first.answer.sessionVersion + 1);
    expect(second.answer.sections).toEqual(first.answer.sections);
  });

  it.each(['ufrag', 'pwd'])('restarts ICE with another %s, and is answered with new credentials', (name) => {
    const endpoint = new Endpoint();
    endpoint.answer(chromium);
    const { isIceRestart, answer } = endpoint.answer(chromium.replaceAll(`a=ice-${name}:`, `a=ice-${name}:new`));
    expect(isIceRestart).toBe(true);
    expect(answer.sections[0].ice).toEqual(freshTransport.ice);
    expect(new Endpoint().answer(chromium).answer.sections[0].ice).toEqual(ourTransport.ice);
  });

  it('is refused when its certificate is another one: the association of before would never be theirs', () => {
    const endpoint = new Endpoint();
    const { remote } = endpoint.answer(chromium);
    const other = chromium.replaceAll(/(?<=a=fingerprint:sha-256 )../g, '00');
    expect(remote?.fingerprints[0].value).not.toMatch(/^00/);
    expect(codeOf(() => endpoint.answer(other))).toBe('sdp-certificate-changed');
    const both = other.replaceAll(
      /^(a=fingerprint:.*)$/gm,
      `$1\r\na=fingerprint:sha-256 ${remote?.fingerprints[0].value}`,
    );
    expect(codeOf(() => endpoint.answer(both))).toBe('none');
  });

  it.each([
    ['actpass', 'active', 'passive'],
    ['active', 'actpass', 'passive'],
    ['passive', 'actpass', 'active'],
  ])('keeps the DTLS roles of before: a=setup:%s, then %s, is answered %s (RFC 8842 5.3)', (first, later, answered) => {
    const endpoint = new Endpoint();
    endpoint.answer(chromium.replaceAll('a=setup:actpass', `a=setup:${first}`));
    const { answer } = endpoint.answer(chromium.replaceAll('a=setup:actpass', `a=setup:${later}`));
    expect(answer.sections.filter(({ isRejected }) => !isRejected).map(({ setup }) => setup)).toEqual([
      answered,
      answered,
    ]);
  });

  it('keeps our SSRCs through a time without sending, and takes others where header extensions change', () => {
    const endpoint = new Endpoint();
    const [, before] = endpoint.answer(chromium).sections;
    const [, silent] = endpoint.answer(chromium.replaceAll('a=sendrecv', 'a=sendonly')).sections;
    expect(silent).toMatchObject({ sent: before.sent, sentCodecs: [] });
    expect(endpoint.answer(chromium).sections[1]).toEqual(before);
    const [, moved] = endpoint.answer(chromium.replaceAll(/a=extmap:4 /g, 'a=extmap:9 ')).sections;
    expect(moved.sent.ssrc).not.toBe(before.sent.ssrc);
  });

  it('is refused when sections moved or are gone, and a stopped one makes room for the next of its kind', () => {
    const endpoint = new Endpoint();
    endpoint.answer(chromium);
    const parts = chromium.split(/^(?=m=)/m);
    const moved = [parts[0], parts[2], parts[1], ...parts.slice(3)].join('');
    expect(codeOf(() => endpoint.answer(moved))).toBe('sdp-sections-moved');
    expect(codeOf(() => endpoint.answer(parts.slice(0, 2).join('')))).toBe('sdp-sections-moved');
    const stopped = chromium.replace('BUNDLE 0 1 2 3 4 5', 'BUNDLE 0 2 3 4 5').replace(/m=video 9 /, 'm=video 0 ');
    const { answer } = endpoint.answer(stopped);
    expect(directionsOf(answer).slice(0, 4)).toEqual(['0 sendrecv', '1 rejected', '2 rejected', '3 sendonly']);
  });
});
