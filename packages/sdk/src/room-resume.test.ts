import type { Track } from '@rivero/api';
import { describe, expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../test/fake-peer-connection.ts';
import { refuse } from '../test/fake-server.ts';
import { personNamed, useMeeting } from '../test/meeting.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const camera: Track = { trackId: 'ben-camera', kind: 'video', source: 'camera', muted: false };
const ben = personNamed('Ben', [camera]);
const eve = personNamed('Eve');

const meeting = useMeeting();

describe('a socket that was cut', () => {
  it('resumes with its token, without a negotiation', async () => {
    const { server } = meeting;
    const room = await meeting.join({ camera: true });
    server.socket.drop();
    expect(room.state).toBe('reconnecting');
    await meeting.reconnects();
    expect(room.state).toBe('connected');
    expect(server.requests('resume')).toEqual([{ resumeToken: 'token-1' }]);
    expect(server.offers()).toHaveLength(1);
    expect(FakePeerConnection.made).toHaveLength(1);
    expect(meeting.browser.liveCount).toBe(1);
    expect(meeting.takeEvents()).toEqual(['state reconnecting', 'state connected']);
  });

  it('for 29 s resumes all the same, and is tried until then', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    meeting.browser.peerConnection.become('connected');
    server.isReachable = false;
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(room.state).toBe('reconnecting');
    server.isReachable = true;
    await meeting.reconnects();
    expect(room.state).toBe('connected');
    expect(server.names).toEqual(['join', 'negotiate', 'resume']);
  });

  it('that comes back learns who came, who left and what is muted meanwhile', async () => {
    const { server } = meeting;
    server.participants = [ben];
    server.sectionsNeeded = { offer: true, audio: 0, video: 1 };
    server.subscribed = [{ mid: '0', trackId: camera.trackId, participantId: 'b' }];
    const room = await meeting.join();
    server.socket.drop();
    server.participants = [{ ...ben, tracks: [] }, eve];
    server.sectionsNeeded = { offer: false, audio: 0, video: 0 };
    await meeting.reconnects();
    expect(meeting.takeEvents()).toEqual([
      'state reconnecting',
      'unsubscribed ben-camera Ben',
      'changed Ben',
      'joined Eve',
      'state connected',
    ]);
    server.socket.drop();
    server.participants = [eve];
    await meeting.reconnects();
    expect(meeting.takeEvents()).toEqual(['state reconnecting', 'left Ben', 'changed Eve', 'state connected']);
    expect(room.participants.map(({ name }) => name)).toEqual(['Eve']);
  });

  it('that comes back hears what comes in one HTTP response with the answer', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    server.socket.drop();
    server.participants = [ben];
    server.behindAnswer = () => {
      server.tell('participant-joined', { participant: eve });
      server.tell('participant-left', { participantId: 'b', reason: 'lost' });
    };
    await meeting.reconnects();
    expect(room.participants.map(({ name }) => name)).toEqual(['Eve']);
    expect(meeting.takeEvents()).toEqual([
      'state reconnecting',
      'joined Ben',
      'joined Eve',
      'left Ben',
      'state connected',
    ]);
  });

  it('offers once more when the snapshot needs sections', async () => {
    const { browser, server } = meeting;
    await meeting.join();
    server.sectionsNeeded = { offer: true, audio: 1, video: 2 };
    server.socket.drop();
    await meeting.reconnects();
    expect(server.offers()).toHaveLength(2);
    // One is from the first offer, which had nothing else.
    expect(browser.peerConnection.sections('recvonly', 'audio')).toHaveLength(2);
    expect(browser.peerConnection.sections('recvonly', 'video')).toHaveLength(2);
  });

  it('tells what was muted meanwhile after it resumed, and never before', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join({ microphone: true });
    server.socket.drop();
    await room.setMicrophoneMuted(true);
    expect(browser.opened[0]?.enabled).toBe(false);
    await meeting.reconnects();
    expect(server.names).toEqual(['join', 'negotiate', 'resume', 'set-muted']);
    expect(server.requests('set-muted')).toEqual([{ trackId: room.localTracks[0]?.trackId, muted: true }]);
    expect(meeting.takeEvents()).not.toContain('error server-silent');
  });

  it('offers what was published meanwhile after it resumed', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    server.socket.drop();
    await expect(room.publishCamera()).rejects.toMatchObject({ code: 'server-silent' });
    await meeting.reconnects();
    expect(server.names).toEqual(['join', 'negotiate', 'resume', 'set-muted', 'negotiate']);
    expect(server.offers()[1]).toMatchObject({ fresh: false, tracks: [{ source: 'camera' }] });
  });

  it('during a negotiation negotiates again after it resumed, on the same peer connection', async () => {
    const { browser, server } = meeting;
    await meeting.join();
    server.answerOnce('negotiate', new Promise(() => {}));
    server.tell('sections-needed', { offer: true, audio: 0, video: 1 });
    await vi.advanceTimersByTimeAsync(0);
    server.sectionsNeeded = { offer: true, audio: 0, video: 1 };
    server.socket.drop();
    await meeting.reconnects();
    expect(server.offers()).toHaveLength(3);
    expect(browser.peerConnection.sections('recvonly', 'video')).toHaveLength(1);
    expect(browser.peerConnection.signalingState).toBe('stable');
    expect(meeting.takeEvents()).toEqual(['state reconnecting', 'state connected']);
  });

  it('whose place is no longer kept joins anew with a fresh peer connection', async () => {
    const { browser, server } = meeting;
    server.participants = [ben];
    const room = await meeting.join({ camera: true });
    const before = browser.peerConnection;
    server.answerOnce('resume', refuse('resume-expired'));
    server.hasMedia = false;
    server.participants = [eve];
    server.socket.drop();
    await meeting.reconnects();
    expect(server.names).toEqual(['join', 'negotiate', 'resume', 'join', 'negotiate']);
    expect(room.participantId).toBe('me-2');
    expect(before.signalingState).toBe('closed');
    expect(server.offers()[1]).toMatchObject({ fresh: true, tracks: [{ trackId: room.localTracks[0]?.trackId }] });
    expect(meeting.takeEvents()).toEqual([
      'state reconnecting',
      'left Ben',
      'joined Eve',
      'state connected',
      'changed Eve',
    ]);
    server.hasMedia = true;
    server.socket.drop();
    await meeting.reconnects();
    expect(server.requests('resume')[1]).toEqual({ resumeToken: 'token-2' });
  });

  it('whose room is full meanwhile ends our stay with that reason', async () => {
    const { browser, server } = meeting;
    const room = await meeting.join({ camera: true });
    server.answerOnce('resume', refuse('resume-expired'));
    server.answerOnce('join', refuse('room-full'));
    server.socket.drop();
    await meeting.reconnects();
    expect(meeting.takeEvents()).toEqual(['state reconnecting', 'removed room-full', 'state left']);
    expect(room.state).toBe('left');
    expect(browser.liveCount).toBe(0);
    expect(server.socket.connected).toBe(false);
  });

  it.each(['rate-limited', 'room-busy', 'worker-lost', 'internal'])(
    'that is refused with %s tries again after half a second',
    async (code) => {
      const { server } = meeting;
      const room = await meeting.join();
      server.answerOnce('resume', refuse(code));
      server.socket.drop();
      await vi.advanceTimersByTimeAsync(799);
      expect(room.state).toBe('reconnecting');
      await vi.advanceTimersByTimeAsync(1);
      expect(room.state).toBe('connected');
      expect(server.requests('resume')).toHaveLength(2);
      expect(meeting.takeEvents()).toEqual(['state reconnecting', 'state connected']);
    },
  );

  it('that is cut again while it resumes, resumes once with the next socket', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    server.answerOnce('resume', new Promise(() => {}));
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(300);
    expect(server.requests('resume')).toHaveLength(1);
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(room.state).toBe('connected');
    expect(server.requests('resume')).toHaveLength(2);
    expect(meeting.takeEvents()).toEqual(['state reconnecting', 'state connected']);
  });

  it('while media is made anew goes on with that after it resumed', async () => {
    const { server } = meeting;
    await meeting.join({ camera: true });
    server.answerOnce('negotiate', new Promise(() => {}));
    server.tell('media-lost', { code: 'media-worker-lost', message: '' });
    await vi.advanceTimersByTimeAsync(0);
    server.hasMedia = false;
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(server.offers().map(({ fresh }) => fresh)).toEqual([true, true, true]);
    expect(meeting.takeEvents()).not.toContain('error server-silent');
    expect(FakePeerConnection.made.map(({ signalingState }) => signalingState)).toEqual(['closed', 'closed', 'stable']);
  });
});

describe('a server that restarts', () => {
  it('is come back to, though it closed the socket itself', async () => {
    const { server } = meeting;
    const room = await meeting.join({ camera: true });
    server.tell('room-closed', { code: 'server-stopping', message: '' });
    expect(room.state).toBe('reconnecting');
    server.isReachable = false;
    server.socket.drop('io server disconnect');
    await vi.advanceTimersByTimeAsync(5_000);
    server.isReachable = true;
    server.hasMedia = false;
    server.answerOnce('resume', refuse('resume-expired'));
    await meeting.reconnects();
    expect(room.state).toBe('connected');
    expect(server.names).toEqual(['join', 'negotiate', 'resume', 'join', 'negotiate']);
    expect(meeting.takeEvents()).toEqual(['state reconnecting server-stopping', 'state connected']);
    expect(meeting.browser.liveCount).toBe(1);
  });

  it('says why it is away also when it says so late, and once', async () => {
    const { server } = meeting;
    await meeting.join();
    for (let i = 0; i < 2; i++) {
      server.answerOnce('resume', refuse('resume-expired'));
      server.answerOnce('join', refuse('server-stopping'));
    }
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(meeting.takeEvents()).toEqual([
      'state reconnecting',
      'state reconnecting server-stopping',
      'state connected',
    ]);
    server.socket.drop();
    await meeting.reconnects();
    expect(meeting.takeEvents()).toEqual(['state reconnecting', 'state connected']);
  });

  it('is not come back to by somebody who has left', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    server.tell('room-closed', { code: 'server-stopping', message: '' });
    server.socket.drop('io server disconnect');
    await Promise.all([room.leave(), vi.advanceTimersByTimeAsync(60_000)]);
    expect(server.socket.connected).toBe(false);
    expect(server.names).toEqual(['join', 'negotiate']);
  });
});

describe('who leaves', () => {
  /** Nothing goes on behind our back. */
  async function expectGone(leaving: Promise<void>): Promise<void> {
    await vi.advanceTimersByTimeAsync(60_000);
    await leaving;
    expect(FakePeerConnection.made.every(({ signalingState }) => signalingState === 'closed')).toBe(true);
    expect(meeting.server.socket.connected).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  }

  it('makes no other media connection when the server loses the media before it answers', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    server.answerOnce('leave', new Promise(() => {}));
    const leaving = room.leave();
    server.tell('media-lost', { code: 'media-worker-lost', message: '' });
    await expectGone(leaving);
    expect(FakePeerConnection.made).toHaveLength(1);
  });

  it('while the server is told again what it missed makes no other media connection, and tells no more', async () => {
    const { server } = meeting;
    server.participants = [ben];
    const room = await meeting.join();
    await room.setReceived(camera.trackId, false);
    server.answerOnce('resume', refuse('resume-expired'));
    let answer = (): void => {};
    server.answerOnce('set-received', new Promise((resolve) => (answer = () => resolve(refuse('rate-limited')))));
    server.socket.drop();
    await room.setHandRaised(true);
    await meeting.reconnects();
    expect(server.names.at(-1)).toBe('set-received');
    server.answerOnce('leave', new Promise(() => {}));
    const leaving = room.leave();
    answer();
    await expectGone(leaving);
    expect(server.names.slice(-2)).toEqual(['set-received', 'leave']);
    expect(FakePeerConnection.made).toHaveLength(1);
  });

  it.each(['resume', 'join'] as const)('before the server answers to %s does not come again', async (name) => {
    const { server } = meeting;
    const room = await meeting.join();
    if (name === 'join') server.answerOnce('resume', refuse('resume-expired'));
    let answer = (): void => {};
    server.answerOnce(name, new Promise((resolve) => (answer = () => resolve(refuse('resume-expired')))));
    server.socket.drop();
    await meeting.reconnects();
    expect(server.names.at(-1)).toBe(name);
    const leaving = room.leave();
    if (name === 'resume') answer();
    await expectGone(leaving);
    expect(server.names.at(-1)).toBe('leave');
  });
});
