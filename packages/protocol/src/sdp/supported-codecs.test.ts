import { describe, expect, it } from 'vitest';
import { codec, offers } from '../../test/sdp-offers.ts';
import {
  codecNameOf,
  endpointCodecIdentity,
  endpointCodecNameOf,
  extensionIdsOf,
  extensionsOf,
  extensionUris,
  isSameCodec,
  parseSessionDescription,
} from './index.ts';

const h264 = (level: string, mode?: string): ReturnType<typeof codec> =>
  codec('H264', { 'profile-level-id': level, ...(mode === undefined ? {} : { 'packetization-mode': mode }) });

describe('codecNameOf', () => {
  it.each([
    ['OPUS', 48_000, 2, 'opus'],
    ['opus', 48_000, 1, undefined],
    ['opus', 48_000, undefined, undefined],
    ['opus', 44_100, 2, undefined],
    ['vp8', 90_000, undefined, 'VP8'],
    ['VP9', 90_000, undefined, 'VP9'],
    ['h264', 90_000, undefined, 'H264'],
    ['AV1', 90_000, undefined, 'AV1'],
    ['AV1', 48_000, undefined, undefined],
    ['H265', 90_000, undefined, undefined],
    ['red', 90_000, undefined, undefined],
    ['ulpfec', 90_000, undefined, undefined],
    ['PCMU', 8_000, undefined, undefined],
  ] as const)('%s/%i/%s is %s', (name, clockRate, channels, expected) => {
    expect(codecNameOf({ name, clockRate, ...(channels === undefined ? {} : { channels }) })).toBe(expected);
  });
});

describe('the codecs of endpoints', () => {
  it.each([
    ['pcmu', 8_000, undefined, 'PCMU'],
    ['PCMA', 8_000, 1, 'PCMA'],
    ['PCMU', 8_000, 2, undefined],
    ['PCMU', 16_000, undefined, undefined],
    ['h265', 90_000, undefined, 'H265'],
    ['opus', 48_000, 2, 'opus'],
    ['VP8', 90_000, undefined, 'VP8'],
    ['telephone-event', 8_000, undefined, undefined],
    ['H263-1998', 90_000, undefined, undefined],
  ] as const)('%s/%i/%s is %s', (name, clockRate, channels, expected) => {
    expect(endpointCodecNameOf({ name, clockRate, ...(channels === undefined ? {} : { channels }) })).toBe(expected);
  });

  it.each([
    ['H.265 main without parameters', {}, { 'profile-id': '1', 'tier-flag': '0', 'tx-mode': 'SRST' }, true],
    ['H.265 of two levels', { 'level-id': '93' }, { 'level-id': '180' }, true],
    ['H.265 main and main 10', { 'profile-id': '1' }, { 'profile-id': '2' }, false],
    ['H.265 of two tiers', { 'tier-flag': '1' }, {}, false],
  ])('tell apart what a receiver tells apart: %s', (_, one, other, expected) => {
    const identities = [one, other].map((parameters) => endpointCodecIdentity(codec('H265', parameters)));
    expect(identities[0] === identities[1]).toBe(expected);
  });

  it('are those of our own clients too, and mean the same there', () => {
    const vp9 = codec('VP9', { 'profile-id': '2' });
    expect(endpointCodecIdentity(vp9)).toBe('VP9 2');
    expect(endpointCodecIdentity(codec('red'))).toBeUndefined();
  });
});

describe('isSameCodec', () => {
  it.each([
    ['Opus whatever its parameters', codec('opus', { stereo: '1' }), codec('opus'), true],
    ['VP8 whatever its parameters', codec('VP8', { 'max-fs': '12288' }), codec('VP8'), true],
    ['VP8 and VP9', codec('VP8'), codec('VP9'), false],
    ['codecs that we do not route', codec('H265'), codec('H265'), false],
    ['VP9 without a profile and with profile 0', codec('VP9'), codec('VP9', { 'profile-id': '0' }), true],
    ['VP9 profiles 0 and 2', codec('VP9', { 'profile-id': '0' }), codec('VP9', { 'profile-id': '2' }), false],
    ['AV1 without a profile and with profile 0', codec('AV1'), codec('AV1', { profile: '0' }), true],
    ['AV1 profiles 0 and 1', codec('AV1'), codec('AV1', { profile: '1' }), false],
    ['H.264 of two levels', h264('42e01f', '1'), h264('42e034', '1'), true],
    ['H.264 of two packetization modes', h264('42e01f', '1'), h264('42e01f', '0'), false],
    ['H.264 mode 0 and no mode', h264('42e01f'), h264('42e01f', '0'), true],
    ['H.264 baseline and constrained baseline', h264('42001f', '1'), h264('42e01f', '1'), false],
    ['H.264 baseline of constraint set 0 and constrained baseline', h264('42801f', '1'), h264('42e01f', '1'), false],
    ['H.264 baseline of constraint set 1 and constrained baseline', h264('42401f', '1'), h264('42e01f', '1'), true],
    ['H.264 constrained baseline as a subset of main', h264('4d801f', '1'), h264('42e01f', '1'), true],
    ['H.264 main and constrained baseline', h264('4d001f', '1'), h264('42e01f', '1'), false],
    ['H.264 high and constrained high', h264('64001f', '1'), h264('640c1f', '1'), false],
    ['H.264 constrained high of two levels', h264('640c1f', '1'), h264('640C34', '1'), true],
    ['H.264 without profile-level-id and baseline', codec('H264'), h264('42001f'), true],
  ] as const)('%s: %#', (_, sent, offered, expected) => {
    expect(isSameCodec(sent, offered)).toBe(expected);
    expect(isSameCodec(offered, sent)).toBe(expected);
  });

  it('finds the camera of each browser in the receive section of each other, as far as both speak its codec', () => {
    const rooms = ['chromium156-room', 'firefox153-room', 'safari18-room'] as const;
    const carried = rooms.flatMap((from) =>
      rooms.map((to) => {
        const sent = parseSessionDescription(offers[from]).sections[1].codecs[0];
        const offered = parseSessionDescription(offers[to]).sections[3].codecs;
        return `${from} → ${to}: ${offered.find((one) => isSameCodec(sent, one))?.payloadType}`;
      }),
    );
    expect(carried).toEqual([
      'chromium156-room → chromium156-room: 96',
      'chromium156-room → firefox153-room: 120',
      'chromium156-room → safari18-room: 106',
      'firefox153-room → chromium156-room: 96',
      'firefox153-room → firefox153-room: 120',
      'firefox153-room → safari18-room: 106',
      // Safari prefers H.264 constrained high, which neither the recorded Firefox nor the recorded Chromium receives.
      'safari18-room → chromium156-room: undefined',
      'safari18-room → firefox153-room: undefined',
      'safari18-room → safari18-room: 96',
    ]);
  });
});

describe('the header extensions of a section', () => {
  it('are known by name; the first id of a name counts, and ids that no one-byte element has are passed over', () => {
    const extensions = [
      { id: 15, uri: extensionUris.mid },
      { id: 4, uri: extensionUris.mid },
      { id: 5, uri: extensionUris.mid },
      { id: 0, uri: extensionUris.audioLevel },
      { id: 13, uri: extensionUris.videoOrientation },
      { id: 3, uri: extensionUris.transportSequence },
      { id: 2, uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time' },
    ];
    expect(extensionIdsOf(extensions, true)).toEqual({ mid: 4, videoOrientation: 13, transportSequence: 3 });
    expect(extensionIdsOf(extensions, false)).toEqual({ mid: 4, videoOrientation: 13 });
    expect(extensionsOf({ mid: 4, transportSequence: 3 })).toEqual([
      { id: 4, uri: extensionUris.mid },
      { id: 3, uri: extensionUris.transportSequence },
    ]);
  });
});
