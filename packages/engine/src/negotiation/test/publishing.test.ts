import type { MediaSection, RtpCodec } from '@rivero/protocol/sdp';
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  codecOf,
  directionsOf,
  fingerprint,
  Negotiating,
  nothingNeeded,
  offer,
  peer,
  receive,
  send,
  stopping,
  type Step,
} from './negotiating.ts';

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
