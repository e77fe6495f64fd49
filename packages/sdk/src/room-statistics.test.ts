import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { roomStatistics } from './room-statistics.ts';
import type { StatsEntry, StatsReport } from './stats-report.ts';
import type { TrackInSection } from './track-statistics.ts';

/** What a browser said in a meeting of one Chromium 156 and one Firefox 153, shortened. */
function recorded(name: string): StatsReport {
  const text = readFileSync(new URL(`../test/fixtures/${name}.json`, import.meta.url), 'utf8');
  const entries = JSON.parse(text) as readonly (StatsEntry & { readonly id: string })[];
  return new Map(entries.map((entry) => [entry.id, entry]));
}

function inSection(mid: string, direction: 'sent' | 'received', kind: 'audio' | 'video'): TrackInSection {
  const source = kind === 'audio' ? 'microphone' : 'camera';
  return { mid, direction, participantId: direction === 'sent' ? 'me' : 'b', trackId: `track-${mid}`, kind, source };
}

const tracks = [
  inSection('0', 'sent', 'audio'),
  inSection('1', 'sent', 'video'),
  inSection('2', 'received', 'audio'),
  inSection('3', 'received', 'video'),
];

/** With one member of one entry as it should be. */
function changed(report: StatsReport, id: string, members: StatsEntry): StatsReport {
  return new Map([...report, [id, { ...report.get(id), ...members }]]);
}

function statistics(report: StatsReport, before?: StatsReport): ReturnType<typeof roomStatistics> {
  return roomStatistics({ at: 1, report, tracks }, before);
}

describe.each(['chromium', 'firefox'])('statistics of %s', (browser) => {
  const first = recorded(`${browser}-1`);
  const second = recorded(`${browser}-2`);

  it('name every track with its codec and size', () => {
    expect(
      statistics(second, first).tracks.map(({ direction, trackId, codec, height }) => [
        direction,
        trackId,
        codec,
        height,
      ]),
    ).toEqual([
      ['sent', 'track-0', 'opus', undefined],
      ['sent', 'track-1', 'VP8', 540],
      ['received', 'track-2', 'opus', undefined],
      ['received', 'track-3', 'VP8', 540],
    ]);
  });

  it('have no rates at the first look', () => {
    const { tracks: looked, connection } = statistics(first);
    expect(looked.map(({ bitrate }) => bitrate)).toEqual([0, 0, 0, 0]);
    expect(connection).toMatchObject({ bitrateSent: 0, bitrateReceived: 0 });
  });

  it('know the path to the server', () => {
    expect(statistics(second, first).connection).toMatchObject({
      protocol: 'udp',
      path: 'direct',
      relayProtocol: undefined,
      remoteCandidate: 'host',
    });
    expect(statistics(second, first).connection.roundTripMs).toBeLessThan(50);
    expect(statistics(second, first).connection.roundTripMs).toBeGreaterThan(0);
  });

  it('leave out what does not flow yet', () => {
    expect(statistics(new Map())).toEqual({
      at: 1,
      connection: { bitrateSent: 0, bitrateReceived: 0 },
      tracks: [],
    });
  });
});

describe('statistics', () => {
  const first = recorded('chromium-1');
  const second = recorded('chromium-2');
  const receivedVideo = 'IT01V4285073515';
  const sentVideo = 'OT01V2145936587';

  it('are rates since the look before', () => {
    const { tracks: looked, connection } = statistics(second, first);
    expect(looked.map(({ bitrate }) => Math.round(bitrate / 1000))).toEqual([25, 514, 65, 132]);
    expect(Math.round(connection.bitrateSent / 1000)).toBe(576);
    expect(connection.availableOutgoingBitrate).toBe(748_801);
    expect(looked[1]).toMatchObject({ limitedBy: 'bandwidth', loss: 0 });
    expect(looked[1]?.roundTripMs).toBeCloseTo(1.022);
    expect(looked[1]?.jitterMs).toBeCloseTo(4.088);
  });

  it('begin anew with a stream that begins anew', () => {
    const restarted = changed(second, receivedVideo, { bytesReceived: 10, packetsReceived: 1 });
    expect(statistics(restarted, first).tracks[3]).toMatchObject({ bitrate: 0, packets: 1, loss: undefined });
  });

  it('count what was lost of what should have come lately', () => {
    const before = changed(first, receivedVideo, { packetsReceived: 100, packetsLost: 50 });
    const after = changed(second, receivedVideo, { packetsReceived: 175, packetsLost: 75 });
    expect(statistics(after, before).tracks[3]?.loss).toBe(0.25);
    const late = changed(second, receivedVideo, { packetsReceived: 175, packetsLost: 40 });
    expect(statistics(late, before).tracks[3]?.loss).toBe(0);
  });

  it('of a section with two streams are those of the one that flowed last', () => {
    const old = { ...second.get(receivedVideo), id: 'old', frameHeight: 180, lastPacketReceivedTimestamp: 5 };
    expect(statistics(new Map([['old', old], ...second]), first).tracks[3]?.height).toBe(540);
    expect(statistics(new Map([...second, ['old', old]]), first).tracks[3]?.height).toBe(540);
  });

  it.each([
    ['udp', 'turn:192.0.2.7:3478?transport=udp', 'udp'],
    ['tcp', 'turn:192.0.2.7:3478?transport=tcp', 'tcp'],
    ['tls', 'turns:192.0.2.7:5349?transport=tcp', 'tls'],
    ['tcp', 'turns:192.0.2.7:5349?transport=tcp', 'tls'],
    ['tls', undefined, 'tls'],
    [undefined, undefined, undefined],
  ])('know the relay of the path, which is talked to by %s to %s', (relayProtocol, url, expected) => {
    const isLocal = (entry: StatsEntry): boolean => entry['type'] === 'local-candidate';
    const relayed = new Map(
      [...second].map(([id, entry]) => [
        id,
        isLocal(entry) ? { ...entry, candidateType: 'relay', relayProtocol, url } : entry,
      ]),
    );
    expect(statistics(relayed, first).connection).toMatchObject({ path: 'relay', relayProtocol: expected });
  });

  it('know the relay also by an address that only the other end sees, as behind a NAT', () => {
    const prflx = { candidateType: 'prflx', relayProtocol: 'udp', url: 'turn:192.0.2.7:3478?transport=udp' };
    const relayed = new Map(
      [...second].map(([id, entry]) => [id, entry['type'] === 'local-candidate' ? { ...entry, ...prflx } : entry]),
    );
    const expected = { path: 'relay', relayProtocol: 'udp', localCandidate: 'prflx' };
    expect(statistics(relayed, first).connection).toMatchObject(expected);
  });

  it('survive members that are not what they should be', () => {
    const odd = { bytesSent: '1', timestamp: Number.NaN, codecId: 7, remoteId: 'nobody', framesPerSecond: null };
    expect(statistics(changed(second, sentVideo, odd), first).tracks[1]).toMatchObject({
      bitrate: 0,
      codec: undefined,
      loss: undefined,
      frameRate: undefined,
    });
  });
});
