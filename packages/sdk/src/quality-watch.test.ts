import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useMeeting } from '../test/meeting.ts';
import type { Room } from './room.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const meeting = useMeeting();
let room: Room;
let told: string[];

beforeEach(async () => {
  room = await meeting.join({ camera: true });
  told = [];
  room.on('qualityChanged', ({ level, reason }, participantId) => told.push(`${participantId} ${level} ${reason}`));
  meeting.browser.peerConnection.become('connected');
});

afterEach(async () => {
  await room.leave();
});

/** The browser says how much of our camera got lost. */
function lose(fractionLost: number): void {
  meeting.browser.peerConnection.stats = new Map(
    [
      { id: 'out', type: 'outbound-rtp', mid: '0', remoteId: 'in', packetsSent: 100 },
      { id: 'in', type: 'remote-inbound-rtp', fractionLost },
    ].map((entry) => [entry.id, entry]),
  );
}

describe('the quality of a room', () => {
  it('follows what the browser reports', async () => {
    lose(0.1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual(['me-1 2 loss']);
    expect(room.quality).toEqual({ level: 2, reason: 'loss' });
    lose(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual(['me-1 2 loss', 'me-1 5 good']);
  });

  it('is 0 as soon as the media connection is lost, and is measured again when it is back', async () => {
    meeting.browser.peerConnection.become('disconnected');
    expect(told).toEqual(['me-1 0 disconnected']);
    await vi.advanceTimersByTimeAsync(1_000);
    meeting.browser.peerConnection.become('connected');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(told).toEqual(['me-1 0 disconnected', 'me-1 5 good']);
  });

  it('says how well we receive somebody: a camera that stands still is frozen, if it should move', async () => {
    const { browser, server } = meeting;
    const camera = { trackId: 'b1', kind: 'video', source: 'camera', muted: false } as const;
    const ben = { participantId: 'b', name: 'Ben', away: false, role: 'guest', handRaisedAt: null } as const;
    server.tell('participant-joined', { participant: { ...ben, tracks: [camera] } });
    server.subscribed = [{ mid: '1', trackId: 'b1', participantId: 'b' }];
    server.tell('sections-needed', { offer: true, audio: 0, video: 1 });
    let framesDecoded = 0;
    vi.spyOn(browser.peerConnection, 'getStats').mockImplementation(async () => {
      framesDecoded += 1;
      const moves = Math.min(framesDecoded, 3);
      return new Map([['i', { id: 'i', type: 'inbound-rtp', mid: '1', framesDecoded: moves }]]);
    });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(told).toEqual(['b 1 frozen']);
    expect(room.participants[0]?.quality).toEqual({ level: 1, reason: 'frozen' });
    server.tell('track-muted', { participantId: 'b', trackId: 'b1', muted: true });
    await vi.advanceTimersByTimeAsync(8_000);
    expect(told).toEqual(['b 1 frozen', 'b 5 good']);
  });

  it('says that of a microphone nothing arrives, when it is on and we want it', async () => {
    const { browser, server } = meeting;
    const microphone = { trackId: 'b1', kind: 'audio', source: 'microphone', muted: false } as const;
    const ben = { participantId: 'b', name: 'Ben', away: false, role: 'guest', handRaisedAt: null } as const;
    server.tell('participant-joined', { participant: { ...ben, tracks: [microphone] } });
    await vi.advanceTimersByTimeAsync(8_000);
    // It is in no section of ours yet.
    expect(told).toEqual([]);
    server.subscribed = [{ mid: '1', trackId: 'b1', participantId: 'b' }];
    server.tell('sections-needed', { offer: true, audio: 1, video: 0 });
    await vi.advanceTimersByTimeAsync(8_000);
    expect(told).toEqual(['b 1 loss']);
    let packetsReceived = 0;
    let flow = 5;
    vi.spyOn(browser.peerConnection, 'getStats').mockImplementation(async () => {
      packetsReceived += flow;
      return new Map([['i', { id: 'i', type: 'inbound-rtp', mid: '1', packetsReceived }]]);
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual(['b 1 loss', 'b 5 good']);
    await room.setReceived('b1', false);
    flow = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual(['b 1 loss', 'b 5 good']);
  });

  it('goes on after a look that failed', async () => {
    vi.spyOn(meeting.browser.peerConnection, 'getStats').mockRejectedValueOnce(new Error('not now'));
    lose(0.1);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(told).toEqual(['me-1 2 loss']);
    expect(meeting.takeEvents().filter((event) => event.startsWith('error'))).toEqual([]);
  });

  it('is looked at also where a limit is refused, which is told once, and once more when it was taken meanwhile', async () => {
    const [section] = meeting.browser.peerConnection.getTransceivers();
    if (section === undefined) throw new Error('no section');
    const refusal = vi.spyOn(section.sender, 'setParameters').mockRejectedValue(new Error('not this one'));
    await expect(room.setCameraLimits({ bitrate: 1 })).rejects.toThrow('not this one');
    lose(0.1);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(told).toEqual(['me-1 2 loss']);
    const errors = (): readonly string[] => meeting.takeEvents().filter((event) => event.startsWith('error'));
    expect(errors()).toEqual(['error browser-failed']);
    refusal.mockRestore();
    await room.setCameraLimits({ bitrate: 2 });
    await vi.advanceTimersByTimeAsync(2_000);
    vi.spyOn(section.sender, 'setParameters').mockRejectedValue(new Error('not this one'));
    await expect(room.setCameraLimits({ bitrate: 1 })).rejects.toThrow('not this one');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(errors()).toEqual(['error browser-failed']);
  });

  it('leaves no timer in a room that was left', async () => {
    const left = room.leave();
    await vi.advanceTimersByTimeAsync(1_000);
    await left;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer either when we leave while it looks', async () => {
    let answer = (): void => {};
    const looking = new Promise<ReadonlyMap<string, unknown>>((resolve) => (answer = () => resolve(new Map())));
    vi.spyOn(meeting.browser.peerConnection, 'getStats').mockReturnValue(looking);
    await vi.advanceTimersByTimeAsync(2_000);
    const left = room.leave();
    answer();
    await vi.advanceTimersByTimeAsync(1_000);
    await left;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('statistics of a room', () => {
  it('are the same within half a second, for all who ask', async () => {
    const [first, second] = await Promise.all([room.statistics(), room.statistics()]);
    expect(second).toBe(first);
    await vi.advanceTimersByTimeAsync(499);
    expect(await room.statistics()).toBe(first);
    await vi.advanceTimersByTimeAsync(1);
    expect(await room.statistics()).not.toBe(first);
  });

  it('go on when the clock of the machine is set back', async () => {
    const first = await room.statistics();
    vi.setSystemTime(Date.now() - 3_600_000);
    await vi.advanceTimersByTimeAsync(500);
    expect(await room.statistics()).not.toBe(first);
  });

  it('name our tracks', async () => {
    lose(0.1);
    const { tracks } = await room.statistics();
    expect(tracks).toMatchObject([{ participantId: 'me-1', source: 'camera', direction: 'sent', loss: 0.1 }]);
    expect(tracks[0]?.trackId).toBe(room.localTracks[0]?.trackId);
  });
});
