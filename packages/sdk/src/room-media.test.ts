import type { Track } from '@rivero/api';
import { describe, expect, it, vi } from 'vitest';
import { noneNeeded, refuse } from '../test/fake-server.ts';
import { personNamed, useMeeting } from '../test/meeting.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const camera: Track = { trackId: 'ben-camera', kind: 'video', source: 'camera', muted: false };
const ben = personNamed('Ben', [camera]);

const meeting = useMeeting();

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe('media', () => {
  it('that the server lost is negotiated by a fresh peer connection with the same tracks', async () => {
    const { browser, server } = meeting;
    server.participants = [ben];
    server.sectionsNeeded = { offer: true, audio: 0, video: 1 };
    server.subscribed = [{ mid: '0', trackId: camera.trackId, participantId: 'b' }];
    const room = await meeting.join({ camera: true });
    const before = browser.peerConnection;
    before.become('connected');
    meeting.takeEvents();
    server.tell('media-lost', { code: 'media-worker-lost', message: '' });
    await settle();
    expect(before.signalingState).toBe('closed');
    expect(browser.peerConnection).not.toBe(before);
    expect(room.peerConnection).toBe(browser.peerConnection);
    expect(server.offers().map(({ fresh, tracks }) => [fresh, tracks[0]?.trackId])).toEqual([
      [true, room.localTracks[0]?.trackId],
      [true, room.localTracks[0]?.trackId],
    ]);
    expect(browser.opened).toHaveLength(1);
    expect(meeting.takeEvents()).toEqual([
      'media connecting',
      'unsubscribed ben-camera Ben',
      'changed Ben',
      'subscribed ben-camera Ben',
      'changed Ben',
    ]);
    expect(room.state).toBe('connected');
  });

  it('that the server lost is asked for 20 times, every half second, until the server takes it', async () => {
    const { server } = meeting;
    await meeting.join();
    for (let i = 0; i < 19; i++) server.answerOnce('negotiate', refuse('worker-lost'));
    server.tell('media-lost', { code: 'media-worker-lost', message: '' });
    await vi.advanceTimersByTimeAsync(9_499);
    expect(server.offers()).toHaveLength(1 + 19);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.offers()).toHaveLength(1 + 20);
    expect(meeting.takeEvents()).toEqual([]);
  });

  it('that the server refuses 20 times is an error', async () => {
    const { server } = meeting;
    await meeting.join();
    for (let i = 0; i < 20; i++) server.answerOnce('negotiate', refuse('worker-lost'));
    server.tell('media-lost', { code: 'media-worker-lost', message: '' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.offers()).toHaveLength(1 + 20);
    expect(meeting.takeEvents()).toEqual(['error worker-lost']);
  });

  it('that does not get through for 10 s is blocked; it is told once, and told when it gets through', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join();
    browser.peerConnection.become('connecting');
    await vi.advanceTimersByTimeAsync(9_999);
    expect(meeting.takeEvents()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(room.mediaState).toBe('blocked');
    expect(meeting.takeEvents()).toEqual(['media blocked', 'error media-blocked']);
    expect(browser.peerConnection.restartCount).toBe(1);
    expect(server.offers()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(meeting.takeEvents()).toEqual([]);
    browser.peerConnection.become('connected');
    expect(meeting.takeEvents()).toEqual(['media connected']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(meeting.takeEvents()).toEqual([]);
  });

  it('that is interrupted for 2 s restarts ICE; a shorter interruption does not', async () => {
    const { browser } = meeting;
    await meeting.join();
    const { peerConnection } = browser;
    peerConnection.become('connected');
    peerConnection.become('disconnected');
    await vi.advanceTimersByTimeAsync(1_999);
    peerConnection.become('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(peerConnection.restartCount).toBe(0);
    peerConnection.become('disconnected');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(peerConnection.restartCount).toBe(1);
    expect(meeting.takeEvents()).toEqual([
      'media connected',
      'media disconnected',
      'media connected',
      'media disconnected',
    ]);
  });

  it('that needs no sections asks for no offer', async () => {
    const { server } = meeting;
    await meeting.join();
    server.tell('sections-needed', noneNeeded);
    await settle();
    expect(server.offers()).toHaveLength(1);
  });
});
