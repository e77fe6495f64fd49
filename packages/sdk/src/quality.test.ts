import { describe, expect, it } from 'vitest';
import type { ConnectionStatistics } from './connection-statistics.ts';
import { bestQuality, lostQuality, ownQuality, receivedQuality } from './quality.ts';
import type { TrackStatistics } from './track-statistics.ts';

function track(members: Partial<TrackStatistics>): TrackStatistics {
  return {
    direction: 'sent',
    participantId: 'a',
    trackId: 'camera',
    kind: 'video',
    source: 'camera',
    bitrate: 1_000_000,
    packets: 1,
    packetsLost: undefined,
    loss: undefined,
    jitterMs: undefined,
    roundTripMs: undefined,
    codec: 'VP8',
    width: undefined,
    height: undefined,
    frameRate: undefined,
    framesEncoded: undefined,
    framesDecoded: undefined,
    framesDropped: undefined,
    freezeCount: undefined,
    nackCount: undefined,
    pliCount: undefined,
    limitedBy: undefined,
    ...members,
  };
}

function connection(members: Partial<ConnectionStatistics> = {}): ConnectionStatistics {
  return {
    bitrateSent: 0,
    bitrateReceived: 0,
    protocol: 'udp',
    path: 'direct',
    relayProtocol: undefined,
    localCandidate: 'host',
    remoteCandidate: 'host',
    roundTripMs: 20,
    availableOutgoingBitrate: 3_000_000,
    ...members,
  };
}

/** No limit of our own. */
function unlimited(): undefined {
  return undefined;
}

describe('our own quality', () => {
  it.each([
    [undefined, 5],
    [0.009, 5],
    [0.01, 4],
    [0.03, 3],
    [0.07, 2],
    [0.15, 1],
    [1, 1],
  ])('with a loss of %d is %d', (loss, level) => {
    const statistics = { at: 0, connection: connection(), tracks: [track({ loss: 0 }), track({ loss })] };
    expect(ownQuality(statistics, unlimited)).toEqual({ level, reason: level === 5 ? 'good' : 'loss' });
  });

  it.each([
    [249, 5],
    [250, 4],
    [400, 3],
    [600, 2],
    [1_000, 1],
  ])('with a round trip of %d ms is %d', (roundTripMs, level) => {
    const statistics = { at: 0, connection: connection({ roundTripMs }), tracks: [] };
    expect(ownQuality(statistics, unlimited)).toEqual({ level, reason: level === 5 ? 'good' : 'round-trip' });
  });

  it.each([
    [undefined, undefined, 4],
    [1_000_000, undefined, 5],
    [999_999, undefined, 4],
    [499_999, undefined, 3],
    [249_999, undefined, 2],
    [99_999, undefined, 1],
    [300_000, 300_000, 5],
    [300_000, 500_000, 3],
  ])('held back by a path of %d bit/s, with a limit of our own of %d, is %d', (available, limit, level) => {
    const statistics = {
      at: 0,
      connection: connection({ availableOutgoingBitrate: available }),
      tracks: [track({ limitedBy: 'bandwidth' })],
    };
    expect(ownQuality(statistics, (source) => (source === 'camera' ? limit : undefined))).toEqual({
      level,
      reason: level === 5 ? 'good' : 'bandwidth',
    });
  });

  it.each([
    [{ camera: 300_000, screen: 200_000 }, 5],
    [{ camera: 300_000, screen: 200_001 }, 4],
    [{ screen: 200_000 }, 4],
    [{}, 4],
  ] as const)(
    'of camera and screen, both held back, is no fault of the path within limits of %j: %d',
    (limits, level) => {
      const bitrates: Partial<Record<string, number>> = limits;
      const statistics = {
        at: 0,
        connection: connection({ availableOutgoingBitrate: 500_000 }),
        tracks: [track({ limitedBy: 'bandwidth' }), track({ source: 'screen', limitedBy: 'bandwidth' })],
      };
      expect(ownQuality(statistics, (source) => bitrates[source])).toEqual({
        level,
        reason: level === 5 ? 'good' : 'bandwidth',
      });
    },
  );

  it('is that of the worst, and what is received does not count', () => {
    const tracks = [
      track({ loss: 0.02, limitedBy: 'cpu' }),
      track({ loss: 0.2, direction: 'received', participantId: 'b' }),
    ];
    expect(ownQuality({ at: 0, connection: connection(), tracks }, unlimited)).toEqual({ level: 3, reason: 'cpu' });
  });
});

describe('the quality of somebody else', () => {
  const expected: ReadonlySet<string> = new Set(['camera']);
  const voices: ReadonlySet<string> = new Set();
  const moving = track({ direction: 'received', framesDecoded: 10, freezeCount: 0 });

  it('is best when the picture moves', () => {
    const tracks = [{ ...moving, framesDecoded: 40 }];
    expect(receivedQuality({ tracks, before: [moving], expected, voices, isAway: false })).toEqual(bestQuality);
  });

  it('is 1 when the picture stands still, and 3 when it stood still for a moment', () => {
    const standing = { tracks: [moving], before: [moving], expected, voices, isAway: false };
    expect(receivedQuality(standing)).toEqual({ level: 1, reason: 'frozen' });
    const jerky = [{ ...moving, framesDecoded: 40, freezeCount: 1 }];
    expect(receivedQuality({ ...standing, tracks: jerky })).toEqual({ level: 3, reason: 'frozen' });
  });

  it('does not mind a picture that is muted, held back by us, or new', () => {
    const standing = { tracks: [moving], before: [moving], expected: new Set<string>(), voices, isAway: false };
    expect(receivedQuality(standing)).toEqual(bestQuality);
    expect(receivedQuality({ ...standing, before: [], expected })).toEqual(bestQuality);
  });

  it('is 0 when it is away and nothing comes, not as long as something comes', () => {
    const away = { tracks: [{ ...moving, bitrate: 0 }], before: [], expected, voices, isAway: true };
    expect(receivedQuality(away)).toEqual(lostQuality);
    expect(receivedQuality({ ...away, tracks: [moving] })).toEqual(bestQuality);
    expect(receivedQuality({ ...away, tracks: [] })).toEqual(lostQuality);
  });

  it('is 1 when nothing arrives of a microphone that should be heard', () => {
    const sound = track({ direction: 'received', trackId: 'microphone', kind: 'audio', source: 'microphone' });
    const heard = { before: [sound], expected, voices: new Set(['microphone']), isAway: false };
    expect(receivedQuality({ ...heard, tracks: [{ ...sound, packets: 2 }] })).toEqual(bestQuality);
    expect(receivedQuality({ ...heard, before: [], tracks: [sound] })).toEqual(bestQuality);
    expect(receivedQuality({ ...heard, tracks: [sound] })).toEqual({ level: 1, reason: 'loss' });
    expect(receivedQuality({ ...heard, tracks: [] })).toEqual({ level: 1, reason: 'loss' });
    expect(receivedQuality({ ...heard, voices, tracks: [sound] })).toEqual(bestQuality);
  });

  it('tells loss', () => {
    const tracks = [{ ...moving, framesDecoded: 40, loss: 0.1 }];
    expect(receivedQuality({ tracks, before: [moving], expected, voices, isAway: false })).toEqual({
      level: 2,
      reason: 'loss',
    });
  });
});
