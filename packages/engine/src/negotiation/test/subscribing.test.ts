import type { MediaSection, OfferedSection } from '@rivero/protocol/sdp';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  codecOf,
  directionsOf,
  Negotiating,
  nothingNeeded,
  offer,
  receive,
  send,
  sentOf,
  stopping,
  track,
  type Step,
} from './negotiating.ts';

function withoutFir(section: MediaSection): MediaSection {
  const codecs = section.codecs.map((codec) => ({
    ...codec,
    feedback: codec.feedback.filter((name) => name !== 'ccm fir'),
  }));
  return { ...section, codecs };
}

describe('subscribing', () => {
  it("puts tracks into free sections of their kind, with SSRCs of our own and the receiver's payload types", () => {
    const wanted = [track('a'), track('b', 'opus')];
    const negotiation = new Negotiating().step({ offer: offer([receive('0', 'audio'), receive('1')]), wanted });
    expect(sentOf(negotiation)).toEqual({ 0: 'b', 1: 'a' });
    const [audio, video] = negotiation.sent;
    expect(audio).toMatchObject({ codecName: 'opus', extensions: { mid: 4, audioLevel: 1 }, cname: 'b-cname' });
    expect(audio).not.toHaveProperty('rtxSsrc');
    expect(video).toMatchObject({ codecName: 'VP8', extensions: { mid: 4, videoOrientation: 13 }, cname: 'a-cname' });
    expect(new Set([audio.ssrc, video.ssrc, video.rtxSsrc]).size).toBe(3);
    expect(negotiation.sectionsNeeded).toEqual(nothingNeeded);

    const section = answerOf(negotiation).sections[1];
    expect(section).toMatchObject({
      direction: 'sendonly',
      msid: { stream: 'a-stream', track: 'a' },
      cname: 'a-cname',
      ssrcs: [video.ssrc, video.rtxSsrc],
      ssrcGroups: [{ semantics: 'FID', ssrcs: [video.ssrc, video.rtxSsrc] }],
    });
  });

  it('uses the codec of the track, under the payload types of the receiver', () => {
    const codecs = [codecOf('VP9'), { ...codecOf('VP8'), payloadType: 120, rtxPayloadType: 124 }];
    const negotiation = new Negotiating().step({
      offer: offer([receive('0')], { edit: (section) => ({ ...section, codecs }) }),
      wanted: [track('a')],
    });
    expect(negotiation.sent[0].codec).toMatchObject({ name: 'VP8', payloadType: 120, rtxPayloadType: 124 });
    expect(answerOf(negotiation).sections[0].codecs).toHaveLength(1);
  });

  it('counts the sections that are missing, of each kind', () => {
    const negotiating = new Negotiating();
    const wanted = [track('a'), track('b'), track('c'), track('d', 'opus')];
    expect(negotiating.negotiator.sectionsNeeded(wanted)).toEqual({ offer: true, audio: 1, video: 3 });
    const first = negotiating.step({ offer: offer([receive('0')]), wanted });
    expect(first.sectionsNeeded).toEqual({ offer: true, audio: 1, video: 2 });
    const second = negotiating.step({
      offer: offer([receive('0'), receive('1'), receive('2'), receive('3', 'audio')]),
      wanted,
    });
    expect(second.sectionsNeeded).toEqual(nothingNeeded);
    expect(sentOf(second)).toEqual({ 0: 'a', 1: 'b', 2: 'c', 3: 'd' });
  });

  it('needs an offer and no section where one is free', () => {
    const negotiating = new Negotiating();
    negotiating.step({ offer: offer([receive('0')]) });
    expect(negotiating.negotiator.sectionsNeeded([track('a')])).toEqual({ offer: true, audio: 0, video: 0 });
    expect(negotiating.negotiator.sectionsNeeded([])).toEqual(nothingNeeded);
  });

  it('keeps section, SSRCs and order of a track as long as it is wanted', () => {
    const negotiating = new Negotiating();
    const sections = [receive('0'), receive('1')];
    const before = negotiating.step({ offer: offer(sections), wanted: [track('a'), track('b')] });
    const after = negotiating.step({ offer: offer(sections), wanted: [track('b'), track('a')] });
    expect(after.sent).toEqual(before.sent);
  });

  it.each([
    ['kind of feedback less', withoutFir],
    ['header extension less', (section: MediaSection) => ({ ...section, extensions: section.extensions.slice(1) })],
  ])('takes fresh SSRCs where an offer has a %s, as the stream begins anew', (_, edit) => {
    const negotiating = new Negotiating();
    const wanted = [track('a'), track('b')];
    const sections = [receive('0'), receive('1')];
    const before = negotiating.step({ offer: offer(sections), wanted });
    const changed = offer(sections, { edit: (section) => (section.mid === '1' ? edit(section) : section) });
    const after = negotiating.step({ offer: changed, wanted });
    expect(after.sent[0]).toEqual(before.sent[0]);
    expect(sentOf(after)).toEqual(sentOf(before));
    const ssrcs = [before.sent[1], after.sent[1]].flatMap(({ ssrc, rtxSsrc }) => [ssrc, rtxSsrc]);
    expect(new Set(ssrcs).size).toBe(4);
    expect(negotiating.step({ offer: changed, wanted }).sent).toEqual(after.sent);
  });

  it('gives the section of a track that is wanted no more to another one, with new SSRCs', () => {
    const negotiating = new Negotiating();
    const before = negotiating.step({ offer: offer([receive('0')]), wanted: [track('a')] });
    negotiating.negotiator.release([track('b')]);
    expect(negotiating.negotiator.sectionsNeeded([track('b')])).toEqual({ offer: true, audio: 0, video: 0 });
    const after = negotiating.step({ offer: offer([receive('0')]), wanted: [track('b')] });
    expect(sentOf(after)).toEqual({ 0: 'b' });
    expect(after.sent[0].ssrc).not.toBe(before.sent[0].ssrc);
  });

  it('answers a section inactive when its track has gone', () => {
    const negotiating = new Negotiating();
    negotiating.step({ offer: offer([receive('0')]), wanted: [track('a')] });
    expect(directionsOf(negotiating.step({ offer: offer([receive('0')]) }))).toEqual(['0 inactive']);
  });

  it('sends again with new SSRCs when a track comes back', () => {
    const negotiating = new Negotiating();
    const step: Step = { offer: offer([receive('0')]), wanted: [track('a')] };
    const before = negotiating.step(step);
    negotiating.negotiator.release([]);
    expect(negotiating.step(step).sent[0].ssrc).not.toBe(before.sent[0].ssrc);
  });

  it('moves the track of a stopped section to a free one, or asks for one', () => {
    const negotiating = new Negotiating();
    const wanted = [track('a')];
    negotiating.step({ offer: offer([receive('0'), receive('1')]), wanted });
    const edit = stopping('0');
    expect(sentOf(negotiating.step({ offer: offer([receive('0'), receive('1')], { edit }), wanted }))).toEqual({
      1: 'a',
    });
    const both = stopping('0', '1');
    const third = [receive('0'), receive('1'), receive('2', 'audio')];
    const none = negotiating.step({ offer: offer(third, { edit: both }), wanted });
    expect(none.sectionsNeeded).toEqual({ offer: true, audio: 0, video: 1 });
    expect(directionsOf(none)).toEqual(['0 rejected', '1 rejected', '2 inactive']);
  });

  it('never sends in a section in which the peer sends a track, and does in a sendrecv one without', () => {
    const sections: readonly OfferedSection[] = [{ ...send('0', 'video', 5, 6), direction: 'sendrecv' }];
    const wanted = [track('a')];
    const publishing = new Negotiating().step({ offer: offer(sections), tracks: { 0: 'own' }, wanted });
    expect(directionsOf(publishing)).toEqual(['0 recvonly']);
    expect(publishing.sectionsNeeded).toEqual({ offer: true, audio: 0, video: 1 });
    const idle = new Negotiating().step({ offer: offer(sections), wanted });
    expect(directionsOf(idle)).toEqual(['0 sendonly']);
  });

  it('never sends in a section that only sends or is inactive', () => {
    const sections: readonly OfferedSection[] = [
      { mid: '0', kind: 'video', direction: 'inactive' },
      { mid: '1', kind: 'video', direction: 'sendonly' },
    ];
    const negotiation = new Negotiating().step({ offer: offer(sections), wanted: [track('a')] });
    expect(negotiation.sent).toEqual([]);
    expect(negotiation.sectionsNeeded).toEqual({ offer: true, audio: 0, video: 1 });
  });
});

describe('a track whose codec the subscriber has not', () => {
  const edit = (section: MediaSection): MediaSection => ({ ...section, codecs: [codecOf('VP8')] });

  it('is refused, its section stays free for others, and no section is asked for', () => {
    const negotiation = new Negotiating().step({
      offer: offer([receive('0')], { edit }),
      wanted: [track('a', 'AV1'), track('b')],
    });
    expect(negotiation.refused).toEqual([{ trackId: 'a', reason: 'no-common-codec' }]);
    expect(sentOf(negotiation)).toEqual({ 0: 'b' });
    expect(negotiation.sectionsNeeded).toEqual(nothingNeeded);
  });

  it('is refused when its publisher changes to that codec, and comes back with the old one', () => {
    const negotiating = new Negotiating();
    const text = offer([receive('0')], { edit });
    expect(sentOf(negotiating.step({ offer: text, wanted: [track('a')] }))).toEqual({ 0: 'a' });
    const changed = negotiating.step({ offer: text, wanted: [track('a', 'VP9')] });
    expect(changed.refused).toEqual([{ trackId: 'a', reason: 'no-common-codec' }]);
    expect(directionsOf(changed)).toEqual(['0 inactive']);
    expect(sentOf(negotiating.step({ offer: text, wanted: [track('a')] }))).toEqual({ 0: 'a' });
  });

  it('is not refused while no section is free to try: it is asked for', () => {
    const negotiation = new Negotiating().step({
      offer: offer([receive('0')], { edit }),
      wanted: [track('b'), track('a', 'AV1')],
    });
    expect(negotiation.refused).toEqual([]);
    expect(negotiation.sectionsNeeded).toEqual({ offer: true, audio: 0, video: 1 });
  });
});

it('answers 128 sections, each with its own track and SSRCs', () => {
  const mids = Array.from({ length: 128 }, (_, i) => `m${i}`);
  const negotiation = new Negotiating().step({
    offer: offer(mids.map((mid) => receive(mid))),
    wanted: mids.map((mid) => track(`of-${mid}`)),
  });
  expect(sentOf(negotiation)).toEqual(Object.fromEntries(mids.map((mid) => [mid, `of-${mid}`])));
  expect(new Set(negotiation.sent.map(({ ssrc }) => ssrc)).size).toBe(128);
});

it('over any course of offers: carries each wanted track once, in a section of its kind, or says what is missing', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const wish = fc.subarray(names);
  const kinds = fc.array(fc.constantFrom('audio' as const, 'video' as const), { maxLength: 3 });
  const stops = fc.array(fc.nat({ max: 8 }), { maxLength: 2 });
  const all = new Map(names.map((name, i) => [name, track(name, i % 2 === 0 ? 'VP8' : 'opus')]));
  fc.assert(
    fc.property(fc.array(fc.tuple(wish, kinds, stops), { minLength: 1, maxLength: 8 }), (steps) => {
      const negotiating = new Negotiating();
      const sections: OfferedSection[] = [send('0', 'audio', 1)];
      const stopped = new Set<string>();
      let before = new Map<string, string>();
      for (const [wishes, added, stopping_] of steps) {
        for (const kind of added) sections.push(receive(String(sections.length), kind));
        for (const i of stopping_) if (i > 0 && i < sections.length) stopped.add(String(i));
        const wanted = wishes.flatMap((name) => all.get(name) ?? []);
        negotiating.negotiator.release(wanted);
        const step = { offer: offer(sections, { edit: stopping(...stopped) }), tracks: { 0: 'own' }, wanted };
        const { sent, sectionsNeeded, refused } = negotiating.step(step);
        expect(refused).toEqual([]);
        expect(new Set(sent.map(({ trackId }) => trackId)).size).toBe(sent.length);
        expect(new Set(sent.map(({ mid }) => mid)).size).toBe(sent.length);
        for (const { mid, kind, trackId } of sent) {
          expect(sections[Number(mid)]).toMatchObject({ kind, direction: 'recvonly' });
          expect(wishes).toContain(trackId);
          expect(stopped.has(mid)).toBe(false);
          const old = before.get(trackId);
          if (old !== undefined && !stopped.has(old)) expect(mid).toBe(old);
        }
        const carried = new Set(sent.map(({ trackId }) => trackId));
        const waiting = wanted.filter(({ trackId }) => !carried.has(trackId));
        expect(sectionsNeeded).toEqual({
          offer: waiting.length > 0,
          audio: waiting.filter(({ kind }) => kind === 'audio').length,
          video: waiting.filter(({ kind }) => kind === 'video').length,
        });
        before = new Map(sent.map(({ trackId, mid }) => [trackId, mid]));
      }
    }),
    { numRuns: 60 },
  );
});
