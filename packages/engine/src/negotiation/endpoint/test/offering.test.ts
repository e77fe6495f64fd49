import { bitsPerSecond } from '@rivero/core';
import { describe, expect, it } from 'vitest';
import {
  answerTo,
  bothKinds,
  codecsOf,
  directionsOf,
  Endpoint,
  recorded,
  reread,
  sendrecv,
  textOf,
} from './endpoint-negotiating.ts';

describe('an offer of an endpoint', () => {
  it('has one section of each kind, bundled, with all codecs that we route and our SSRCs', () => {
    const offer = reread(new Endpoint().offer());
    expect(directionsOf(offer)).toEqual(['audio0 sendrecv', 'video0 sendrecv']);
    expect(offer.bundle).toEqual(['audio0', 'video0']);
    expect(offer.iceLite).toBe(true);
    expect(codecsOf(offer.sections[0])).toEqual(['opus 111', 'PCMU 0', 'PCMA 8']);
    expect(codecsOf(offer.sections[1])).toEqual([
      'VP8 96/97',
      'VP9 98/99',
      'H264 102/103',
      'H264 104/105',
      'AV1 45/46',
      'H265 49/50',
    ]);
    expect(offer.sections.map(({ ssrcs, cname, setup }) => [ssrcs.length, cname, setup])).toEqual([
      [1, 'our-cname', 'actpass'],
      [2, 'our-cname', 'actpass'],
    ]);
    expect(textOf(offer)).not.toMatch(/candidate/);
  });

  it.each([
    ['sendrecv', { audio: 'sendonly', video: 'recvonly' }, ['audio0 sendonly', 'video0 recvonly']],
    ['recvonly', bothKinds, ['audio0 recvonly', 'video0 recvonly']],
    ['sendonly', { audio: undefined, video: 'sendrecv' }, ['video0 sendonly']],
    ['sendonly', { audio: 'recvonly', video: undefined }, ['audio0 inactive']],
  ] as const)('of one that may %s asks for no more: %j', (direction, directions, expected) => {
    expect(directionsOf(new Endpoint(direction).offer(directions))).toEqual(expected);
  });

  it('is refused without any section', () => {
    const offering = () => new Endpoint().offer({ audio: undefined, video: undefined });
    expect(offering).toThrow(expect.objectContaining({ code: 'sdp-no-sections' }));
  });

  it('says what it receives at most', () => {
    const endpoint = new Endpoint();
    endpoint.receiveMax = { audio: bitsPerSecond(64_000), video: bitsPerSecond(0) };
    expect(reread(endpoint.offer()).sections.map(({ bandwidth }) => bandwidth)).toEqual([64_000, undefined]);
  });
});

describe('the answer to it', () => {
  it('fixes what is sent and received in which sections', () => {
    const endpoint = new Endpoint();
    const offer = endpoint.offer();
    const { remote, sections, isControlling } = endpoint.apply(answerTo(offer));
    expect(remote).toMatchObject({ ice: { ufrag: 'remote' }, dtlsRole: 'server', isLite: false });
    expect(isControlling).toBe(false);
    expect(sections.map(({ kind, received, sent }) => [kind, received?.mid, sent.ssrc])).toEqual([
      ['audio', 'audio0', offer.sections[0].ssrcs[0]],
      ['video', 'video0', offer.sections[1].ssrcs[0]],
    ]);
    expect(codecsOf({ codecs: sections[1].sentCodecs })[0]).toBe('VP8 96/97');
  });

  it('may leave out sections, codecs, RTX and header extensions', () => {
    const endpoint = new Endpoint();
    const edit = (text: string): string =>
      text
        .replace('BUNDLE audio0 video0', 'BUNDLE video0')
        .replace(/m=audio 9/, 'm=audio 0')
        .replace(/(m=video 9 \S+).*/, '$1 98')
        .replaceAll(/a=(rtpmap|fmtp|rtcp-fb):(?!98 ).*\r\n/g, '')
        .replaceAll(/a=extmap:4 .*\r\n/g, '');
    const [video, ...others] = endpoint.apply(answerTo(endpoint.offer(), edit)).sections;
    expect(others).toEqual([]);
    expect([codecsOf(video.received ?? { codecs: [] }), codecsOf({ codecs: video.sentCodecs })]).toEqual([
      ['VP9 98'],
      ['VP9 98'],
    ]);
    expect(video.sent).not.toHaveProperty('rtxSsrc');
    expect(video.sent.extensions).not.toHaveProperty('mid');
    expect(endpoint.negotiator.candidateSections()).toEqual([{ mid: 'video0', index: 1 }]);
  });

  it('may call codecs otherwise: it is sent its payload types, and sends ours', () => {
    const endpoint = new Endpoint();
    const edit = (text: string): string =>
      text
        .replace(/(m=video 9 \S+).*/, '$1 120 121')
        .replaceAll(/:96\b/g, ':120')
        .replaceAll(/:97\b/g, ':121')
        .replaceAll('apt=96', 'apt=120');
    const [, video] = endpoint.apply(answerTo(endpoint.offer(), edit)).sections;
    expect(codecsOf({ codecs: video.sentCodecs })).toEqual(['VP8 120/121']);
    expect(codecsOf(video.received ?? { codecs: [] })).toEqual(['VP8 96/97']);
  });

  it('is refused without an offer, twice, and with other sections; the offer goes on waiting', () => {
    const endpoint = new Endpoint();
    const refused = (text: string, code: string) =>
      expect(() => endpoint.apply(text)).toThrow(expect.objectContaining({ code }));
    refused(answerTo(new Endpoint().offer()), 'sdp-no-offer');
    const answer = answerTo(endpoint.offer());
    refused(
      answer
        .split(/^(?=m=)/m)
        .slice(0, 2)
        .join(''),
      'sdp-sections-moved',
    );
    refused(answer.replace('a=mid:video0', 'a=mid:v'), 'sdp-sections-moved');
    refused(answer.replace('a=group:BUNDLE audio0 video0', 'a=group:BUNDLE audio0'), 'sdp-no-bundle');
    refused(answer.replaceAll(/a=fingerprint.*\r\n/g, ''), 'sdp-no-fingerprint');
    expect(endpoint.apply(answer).sections).toHaveLength(2);
    refused(answer, 'sdp-no-offer');
  });

  it('of a lite agent makes ours check and nominate, and later offers say no more that we are lite', () => {
    const endpoint = new Endpoint();
    const answer = answerTo(endpoint.offer(), (text) => text.replace('s=-', 's=-\r\na=ice-lite'));
    expect(endpoint.apply(answer).isControlling).toBe(true);
    expect(endpoint.offer().iceLite).toBe(false);
  });
});

describe('offers and answers one after the other', () => {
  it('keep sections and SSRCs, whoever offers', () => {
    const endpoint = new Endpoint();
    const first = endpoint.offer();
    const { sections } = endpoint.apply(answerTo(first));
    const again = endpoint.offer({ audio: undefined, video: 'sendonly' });
    expect(directionsOf(again)).toEqual(['audio0 inactive', 'video0 sendonly']);
    expect(again.sections[1].ssrcs).toEqual(first.sections[1].ssrcs);
    const later = endpoint.apply(answerTo(again)).sections;
    expect(later.map(({ sent }) => sent)).toEqual(sections.map(({ sent }) => sent));
    expect(later.map(({ received, sentCodecs }) => [received, sentCodecs.length > 0])).toEqual([
      [undefined, false],
      [undefined, true],
    ]);
    const theirs = answerTo(again)
      .replace(/a=setup:active/g, 'a=setup:actpass')
      .replaceAll('a=recvonly', 'a=sendrecv');
    expect(endpoint.answer(theirs).sections[1].sent).toEqual(sections[1].sent);
  });

  it('are refused an answer with another certificate than before, and the offer goes on waiting', () => {
    const endpoint = new Endpoint();
    endpoint.apply(answerTo(endpoint.offer()));
    const offer = endpoint.offer();
    const other = answerTo(offer, (text) => text.replaceAll(/(?<=a=fingerprint:sha-256 )../g, '00'));
    expect(() => endpoint.apply(other)).toThrow(expect.objectContaining({ code: 'sdp-certificate-changed' }));
    expect(endpoint.apply(answerTo(offer)).sections.length).toBe(2);
  });

  it('offer after a browser did with its mids and payload types, and a kind that is new behind its sections', () => {
    const endpoint = new Endpoint();
    const text = sendrecv(recorded('firefox153-room'))
      .split(/^(?=m=)/m)
      .slice(0, 2)
      .join('');
    const { answer } = endpoint.answer(text.replace(/BUNDLE .*/, 'BUNDLE 0'));
    const offer = endpoint.offer();
    expect(directionsOf(offer)).toEqual(['0 sendrecv', 'video0 sendrecv']);
    expect(codecsOf(offer.sections[0])).toEqual(codecsOf(answer.sections[0]));
    expect(offer.sections[0].ssrcs).toEqual(answer.sections[0].ssrcs);
    expect(offer.sections[0].extensions).toEqual(answer.sections[0].extensions);
  });

  it('give a kind that joins a bundle payload types and extension ids that mean nothing else in it', () => {
    const audio = sendrecv(recorded('firefox153-room'))
      .split(/^(?=m=)/m)
      .slice(0, 2)
      .join('')
      .replace(/BUNDLE .*/, 'BUNDLE 0')
      .replaceAll(/\b109\b/g, '97');
    const endpoint = new Endpoint();
    endpoint.answer(audio);
    const [own, added] = endpoint.offer().sections;
    const types = (section: typeof own) =>
      section.codecs.flatMap(({ payloadType, rtxPayloadType }) => [payloadType, rtxPayloadType ?? payloadType]);
    expect(types(own).filter((type) => types(added).includes(type))).toEqual([]);
    expect(new Set(types(added)).size).toBe(types(added).length);
    expect(codecsOf(added)[0]).toBe('VP8 96/98');
    expect(added.codecs.map(({ name }) => name)).toEqual(['VP8', 'VP9', 'H264', 'H264', 'AV1', 'H265']);
    const uris = new Map([...own.extensions, ...added.extensions].map(({ id, uri }) => [id, uri]));
    for (const { id, uri } of [...own.extensions, ...added.extensions]) expect(uris.get(id)).toBe(uri);
    const ids = new Map([...own.extensions, ...added.extensions].map(({ id, uri }) => [uri, id]));
    for (const { id, uri } of [...own.extensions, ...added.extensions]) expect(ids.get(uri)).toBe(id);
    expect(added.extensions.length).toBe(3);
  });

  it('forget an offer that was answered with an offer', () => {
    const endpoint = new Endpoint();
    const pending = endpoint.offer();
    const { answer } = endpoint.answer(sendrecv(recorded('chromium156-room')));
    expect(endpoint.negotiator.described).toEqual(answer);
    expect(() => endpoint.apply(answerTo(pending))).toThrow(expect.objectContaining({ code: 'sdp-no-offer' }));
  });
});

describe('the sections that candidates are told for', () => {
  it('are those of an offer before there is any, then those that are used', () => {
    const endpoint = new Endpoint();
    expect(endpoint.negotiator.candidateSections()).toEqual([
      { mid: 'audio0', index: 0 },
      { mid: 'video0', index: 1 },
    ]);
    endpoint.answer(sendrecv(recorded('chromium156-room')));
    expect(endpoint.negotiator.candidateSections()).toEqual([
      { mid: '0', index: 0 },
      { mid: '1', index: 1 },
    ]);
  });
});
