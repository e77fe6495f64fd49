import { CodedError, type RandomBytes } from '@rivero/core';
import {
  createOffer,
  type LocalTransport,
  type MediaSection,
  offeredAudioCodecs,
  type OfferedSection,
  offeredVideoCodecs,
  parseSessionDescription,
  type RtpCodec,
  serializeSessionDescription,
  type SessionDescription,
} from '@rivero/protocol/sdp';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Negotiation, Negotiator, type WantedTrack } from './index.ts';

const fingerprint = { algorithm: 'sha-256', value: 'AB:CD' } as const;
const server: LocalTransport = {
  ice: { ufrag: 'server', pwd: 's'.repeat(24) },
  iceLite: true,
  fingerprint,
  candidates: [],
};
const peer: LocalTransport = { ...server, ice: { ufrag: 'peer', pwd: 'p'.repeat(22) }, iceLite: false };

/** Bytes that count up: every SSRC is another. */
function countingRandom(): RandomBytes {
  let next = 0;
  return (length) => {
    next += 1;
    return Uint8Array.from({ length }, (_, i) => (next >> (8 * (length - 1 - i))) & 0xff);
  };
}

function codecOf(name: string): RtpCodec {
  const found = [...offeredAudioCodecs, ...offeredVideoCodecs].find((codec) => codec.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

const receive = (mid: string, kind: 'audio' | 'video' = 'video'): OfferedSection => ({
  mid,
  kind,
  direction: 'recvonly',
});

function send(mid: string, kind: 'audio' | 'video', ssrc: number, rtxSsrc?: number): OfferedSection {
  const own = { msid: { stream: 's', track: 't' }, cname: 'peer-cname', ssrc };
  return { mid, kind, direction: 'sendonly', sent: rtxSsrc === undefined ? own : { ...own, rtxSsrc } };
}

interface OfferEdits {
  readonly local?: LocalTransport;
  readonly edit?: (section: MediaSection) => MediaSection;
}

function offer(sections: readonly OfferedSection[], { local = peer, edit }: OfferEdits = {}): string {
  const made = createOffer({ sessionId: '1', sessionVersion: 1, local, sections });
  const edited = edit === undefined ? made.sections : made.sections.map(edit);
  const bundle = edited.filter(({ isRejected }) => !isRejected).map(({ mid }) => mid);
  return serializeSessionDescription({ ...made, bundle, sections: edited });
}

/** Stops the transceivers of these mids, as `transceiver.stop()` does. */
function stopping(...mids: readonly string[]): (section: MediaSection) => MediaSection {
  return (section) => (mids.includes(section.mid) ? { ...section, isRejected: true, formats: '0' } : section);
}

function track(trackId: string, codecName = 'VP8'): WantedTrack {
  const kind = codecName === 'opus' ? 'audio' : 'video';
  return { trackId, kind, codec: codecOf(codecName), streamId: `${trackId}-stream`, cname: `${trackId}-cname` };
}

interface Step {
  readonly offer: string;
  /** `mid: trackId` of what the peer publishes. */
  readonly tracks?: Readonly<Record<string, string>>;
  readonly wanted?: readonly WantedTrack[];
  readonly local?: (isIceRestart: boolean) => LocalTransport;
}

/** One peer's negotiations, each committed. */
class Negotiating {
  readonly negotiator = new Negotiator(countingRandom());

  negotiate(step: Step): Negotiation {
    const { tracks = {}, wanted = [], local = () => server } = step;
    return this.negotiator.negotiate({
      offer: step.offer,
      tracks: Object.entries(tracks).map(([mid, trackId]) => ({ mid, trackId })),
      wanted,
      local,
    });
  }

  step(step: Step): Negotiation {
    const negotiation = this.negotiate(step);
    negotiation.commit();
    return negotiation;
  }
}

const answerOf = (negotiation: Negotiation): SessionDescription => parseSessionDescription(negotiation.answer);
const directionsOf = (negotiation: Negotiation): readonly string[] =>
  answerOf(negotiation).sections.map(
    ({ mid, direction, isRejected }) => `${mid} ${isRejected ? 'rejected' : direction}`,
  );
const sentOf = (negotiation: Negotiation): Readonly<Record<string, string>> =>
  Object.fromEntries(negotiation.sent.map(({ mid, trackId }) => [mid, trackId]));
const nothingNeeded = { offer: false, audio: 0, video: 0 };

describe('publishing', () => {
  it('names what the router has to receive: codec, SSRCs and extension ids', () => {
    const negotiation = new Negotiating().step({
      offer: offer([send('m', 'audio', 100), send('c', 'video', 200, 201)]),
      tracks: { m: 'microphone', c: 'camera' },
    });
    expect(negotiation.received).toEqual([
      {
        trackId: 'microphone',
        mid: 'm',
        kind: 'audio',
        codecName: 'opus',
        codec: codecOf('opus'),
        extensions: { mid: 4, audioLevel: 1, transportSequence: 3 },
        ssrc: 100,
      },
      {
        trackId: 'camera',
        mid: 'c',
        kind: 'video',
        codecName: 'VP8',
        codec: codecOf('VP8'),
        extensions: { mid: 4, videoOrientation: 13, transportSequence: 3 },
        ssrc: 200,
        rtxSsrc: 201,
      },
    ]);
    expect(directionsOf(negotiation)).toEqual(['m recvonly', 'c recvonly']);
    expect(negotiation).toMatchObject({ sent: [], refused: [], sectionsNeeded: nothingNeeded, isIceRestart: false });
    expect(negotiation.remote).toEqual({ ice: peer.ice, fingerprints: [fingerprint], dtlsRole: 'server' });
  });

  it('answers a section whose track nobody named inactive, and ignores names of sections that are not there', () => {
    const negotiation = new Negotiating().step({
      offer: offer([send('m', 'audio', 100), send('c', 'video', 200, 201)]),
      tracks: { c: 'camera', x: 'nowhere' },
    });
    expect(negotiation.received.map(({ trackId }) => trackId)).toEqual(['camera']);
    expect(directionsOf(negotiation)).toEqual(['m inactive', 'c recvonly']);
  });

  it('ends with the section: switched to receive, made inactive, stopped, or its name left out', () => {
    const sections = [send('c', 'video', 200, 201)];
    const ends: readonly Step[] = [
      { offer: offer([receive('c')]), tracks: { c: 'camera' } },
      { offer: offer([{ mid: 'c', kind: 'video', direction: 'inactive' }]), tracks: { c: 'camera' } },
      { offer: offer([...sections, receive('d')], { edit: stopping('c') }), tracks: { c: 'camera' } },
      { offer: offer(sections) },
    ];
    for (const end of ends) {
      const negotiating = new Negotiating();
      expect(negotiating.step({ offer: offer(sections), tracks: { c: 'camera' } }).received).toHaveLength(1);
      expect(negotiating.step(end).received).toEqual([]);
    }
  });

  it('takes a simulcast section without SSRCs, for MID tells them, and answers no rids', () => {
    const negotiation = new Negotiating().step({
      offer: offer([send('c', 'video', 200, 201)], { edit: (section) => ({ ...section, rids: ['a', 'b', 'c'] }) }),
      tracks: { c: 'camera' },
    });
    expect(negotiation.received).toHaveLength(1);
    expect(negotiation.received[0]).not.toHaveProperty('ssrc');
    expect(negotiation.received[0]).not.toHaveProperty('rtxSsrc');
    expect(negotiation.answer).not.toMatch(/a=(rid|simulcast)/);
  });

  it('takes no RTX SSRC where the codec has no RTX, and no SSRC where none is announced', () => {
    const { rtxPayloadType: _, ...plain } = codecOf('VP8');
    const edit = (section: MediaSection): MediaSection => ({ ...section, codecs: [plain] });
    const step = { tracks: { c: 'camera' } };
    const [noRtx] = new Negotiating().step({
      ...step,
      offer: offer([send('c', 'video', 200, 201)], { edit }),
    }).received;
    expect(noRtx.ssrc).toBe(200);
    expect(noRtx).not.toHaveProperty('rtxSsrc');
    const unannounced = offer([{ mid: 'c', kind: 'video', direction: 'sendonly' }]);
    expect(new Negotiating().step({ ...step, offer: unannounced }).received[0]).not.toHaveProperty('ssrc');
  });

  it('uses the codec that the peer prefers of those that we route', () => {
    const codecs = [
      { ...codecOf('VP8'), name: 'H265', payloadType: 50, rtxPayloadType: 51 },
      codecOf('AV1'),
      codecOf('VP8'),
    ];
    const edit = (section: MediaSection): MediaSection => ({ ...section, codecs });
    const { received } = new Negotiating().step({
      offer: offer([send('c', 'video', 1, 2)], { edit }),
      tracks: { c: 'camera' },
    });
    expect(received[0].codecName).toBe('AV1');
  });

  it('uses constrained baseline where the peer prefers another H.264, as Safari does: the others receive no other', () => {
    const h264 = (payloadType: number, level: string, mode: string): RtpCodec => ({
      ...codecOf('H264'),
      payloadType,
      rtxPayloadType: payloadType + 1,
      parameters: { 'packetization-mode': mode, 'profile-level-id': level },
    });
    const high = [h264(96, '640c1f', '1'), h264(100, '42e01f', '0')];
    const chosen = (codecs: readonly RtpCodec[]): number => {
      const text = offer([send('c', 'video', 1, 2)], { edit: (section) => ({ ...section, codecs }) });
      return new Negotiating().step({ offer: text, tracks: { c: 'camera' } }).received[0].codec.payloadType;
    };
    expect(chosen([...high, h264(102, '42e01f', '1'), codecOf('VP9')])).toBe(102);
    expect(chosen([...high, codecOf('VP9')])).toBe(96);
    expect(chosen([codecOf('VP9'), h264(102, '42e01f', '1')])).toBe(98);
  });

  it('rejects sections that are not ours to carry, and answers the others', () => {
    const edit = (section: MediaSection): MediaSection =>
      section.mid === 'd'
        ? { ...section, kind: 'application', protocol: 'UDP/DTLS/SCTP', formats: 'webrtc-datachannel', codecs: [] }
        : section;
    const negotiation = new Negotiating().step({
      offer: offer([send('m', 'audio', 100), receive('d')], { edit }),
      tracks: { m: 'microphone', d: 'data' },
    });
    expect(directionsOf(negotiation)).toEqual(['m recvonly', 'd rejected']);
    expect(answerOf(negotiation).bundle).toEqual(['m']);
    expect(negotiation.received.map(({ trackId }) => trackId)).toEqual(['microphone']);
  });
});

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

describe('later offers', () => {
  const first = [send('0', 'audio', 1), send('1', 'video', 2, 3)];

  it.each([
    ['that leave a section out', first.slice(0, 1)],
    ['that exchange sections', first.toReversed()],
    ['that rename a section', [first[0], send('9', 'video', 2, 3)]],
    ['that put a section in front', [receive('2'), ...first]],
  ])('%s are refused, and change nothing', (_, sections) => {
    const negotiating = new Negotiating();
    negotiating.step({ offer: offer(first) });
    expect(() => negotiating.negotiate({ offer: offer(sections) })).toThrow(
      expect.objectContaining({ name: 'CodedError', code: 'sdp-sections-moved' }),
    );
    expect(directionsOf(negotiating.step({ offer: offer(first), tracks: { 0: 'm' } }))).toEqual([
      '0 recvonly',
      '1 inactive',
    ]);
  });

  it('may add sections at the end', () => {
    const negotiating = new Negotiating();
    negotiating.step({ offer: offer(first) });
    const mids = answerOf(negotiating.step({ offer: offer([...first, receive('2')]) })).sections.map(({ mid }) => mid);
    expect(mids).toEqual(['0', '1', '2']);
  });

  it('may give the place of a rejected section to another mid (RFC 8829 5.2.2)', () => {
    const negotiating = new Negotiating();
    negotiating.step({ offer: offer(first) });
    negotiating.step({ offer: offer(first, { edit: stopping('1') }) });
    const wanted = [track('a')];
    expect(sentOf(negotiating.step({ offer: offer([first[0], receive('2')]), wanted }))).toEqual({ 2: 'a' });
    expect(() => negotiating.negotiate({ offer: offer([first[0], receive('3')]) })).toThrow(CodedError);
  });

  it('have answers of the same session with the next version (RFC 3264 8)', () => {
    const negotiating = new Negotiating();
    const versions = [1, 2, 3].map(() => answerOf(negotiating.step({ offer: offer(first) })));
    expect(versions.map(({ sessionVersion }) => sessionVersion)).toEqual([0, 1, 2]);
    expect(new Set(versions.map(({ sessionId }) => sessionId)).size).toBe(1);
  });

  it('restart ICE when they have another ufrag, and then ask for our new credentials', () => {
    const negotiating = new Negotiating();
    const restarts: boolean[] = [];
    const local = (isIceRestart: boolean): LocalTransport => {
      restarts.push(isIceRestart);
      return isIceRestart ? { ...server, ice: { ufrag: 'fresh', pwd: 'f'.repeat(24) } } : server;
    };
    const changed = { ...peer, ice: { ufrag: 'other', pwd: 'o'.repeat(22) } };
    negotiating.step({ offer: offer(first), local });
    negotiating.step({ offer: offer(first), local });
    const restart = negotiating.step({ offer: offer(first, { local: changed }), local });
    negotiating.step({ offer: offer(first, { local: changed }), local });
    expect(restarts).toEqual([false, false, true, false]);
    expect(restart).toMatchObject({ isIceRestart: true, remote: { ice: changed.ice } });
    expect(answerOf(restart).sections[0].ice?.ufrag).toBe('fresh');
  });

  it('change nothing before they are committed', () => {
    const negotiating = new Negotiating();
    const wanted = [track('a')];
    negotiating.negotiate({ offer: offer([receive('x')]), wanted });
    expect(negotiating.negotiator.sectionsNeeded(wanted)).toEqual({ offer: true, audio: 0, video: 1 });
    const negotiation = negotiating.step({ offer: offer([receive('0')]), wanted });
    expect(answerOf(negotiation).sessionVersion).toBe(0);
    expect(negotiation.isIceRestart).toBe(false);
  });
});

it.each([
  ['no description', 'hello', 'sdp-malformed'],
  ['without sections', offer([]), 'sdp-no-sections'],
  ['without a bundle', offer([receive('0')]).replace(/a=group.*\r\n/, ''), 'sdp-no-bundle'],
  ['of an ICE-lite peer', offer([receive('0')], { local: server }), 'sdp-ice-lite'],
  ['of more sections than are read', offer(Array.from({ length: 129 }, (_, i) => receive(String(i)))), 'sdp-too-large'],
])('refuses what is %s, with its code', (_, text, code) => {
  expect(() => new Negotiating().negotiate({ offer: text })).toThrow(
    expect.objectContaining({ name: 'CodedError', code }),
  );
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
