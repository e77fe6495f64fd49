import { describe, expect, it } from 'vitest';
import { linesOfSection, local } from '../../test/sdp-offers.ts';
import {
  createOffer,
  isAnswerable,
  offeredAudioCodecs,
  offeredVideoCodecs,
  parseSessionDescription,
  readRemoteTransport,
  serializeSessionDescription,
} from './index.ts';

const full = { ...local, iceLite: false };
const track = { msid: { stream: 'stream', track: 'track' }, cname: 'cname', ssrc: 21, rtxSsrc: 22 };

const offer = createOffer({
  sessionId: '77',
  sessionVersion: 2,
  local: full,
  sections: [
    { mid: 'mic', kind: 'audio', direction: 'sendonly', sent: { msid: track.msid, cname: 'cname', ssrc: 20 } },
    { mid: 'cam', kind: 'video', direction: 'sendrecv', codecs: offeredVideoCodecs.slice(0, 1), sent: track },
    { mid: 'in', kind: 'video', direction: 'recvonly' },
  ],
});
const text = serializeSessionDescription(offer);
const parsed = parseSessionDescription(text);

describe('an offer of ours', () => {
  it('reads the same after it was written, but for the formats of its m= lines', () => {
    const bare = (description: typeof offer): typeof offer => ({
      ...description,
      sections: description.sections.map((section) => ({ ...section, formats: '' })),
    });
    expect(bare(parsed)).toEqual(bare(offer));
    expect(parsed).toMatchObject({ sessionId: '77', sessionVersion: 2, iceLite: false });
  });

  it('is one bundle with rtcp-mux that can be answered in all sections', () => {
    expect(parsed.bundle).toEqual(['mic', 'cam', 'in']);
    expect(parsed.sections.every(isAnswerable)).toBe(true);
    expect(parsed.sections.every(({ rtcpMux, rtcpRsize }) => rtcpMux && rtcpRsize)).toBe(true);
  });

  it('leaves the DTLS role to the answerer and names our transport', () => {
    expect(parsed.sections.map(({ setup }) => setup)).toEqual(['actpass', 'actpass', 'actpass']);
    expect(readRemoteTransport(parsed)).toEqual({
      ice: local.ice,
      fingerprints: [local.fingerprint],
      dtlsRole: 'server',
    });
    expect(parsed.sections[0].candidates).toEqual(local.candidates);
  });

  it('says ice-lite where we are', () => {
    const lite = createOffer({ sessionId: '1', sessionVersion: 0, local, sections: [] });
    expect(serializeSessionDescription(lite)).toContain('a=ice-lite\r\n');
  });

  it('has every codec that we route, each payload type once over all sections', () => {
    const names = parsed.sections[2].codecs.map(({ name }) => name);
    expect(names).toEqual(['VP8', 'VP9', 'H264', 'H264', 'AV1']);
    const types = [...offeredAudioCodecs, ...offeredVideoCodecs].flatMap(({ payloadType, rtxPayloadType }) =>
      rtxPayloadType === undefined ? [payloadType] : [payloadType, rtxPayloadType],
    );
    expect(new Set(types).size).toBe(types.length);
    expect(types.every((type) => (type >= 96 && type <= 127) || (type >= 35 && type <= 63))).toBe(true);
  });

  it('announces its SSRCs: with RTX as a pair, without alone, and none where it only receives', () => {
    const ssrcLines = (mid: string): readonly string[] =>
      linesOfSection(text, mid).filter((line) => line.startsWith('a=ssrc') || line.startsWith('a=msid'));
    expect(ssrcLines('mic')).toEqual(['a=msid:stream track', 'a=ssrc:20 cname:cname']);
    expect(ssrcLines('cam').toSorted()).toEqual([
      'a=msid:stream track',
      'a=ssrc-group:FID 21 22',
      'a=ssrc:21 cname:cname',
      'a=ssrc:22 cname:cname',
    ]);
    expect(ssrcLines('in')).toEqual([]);
  });
});
