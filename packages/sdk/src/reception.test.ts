import type { Track } from '@rivero/api';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refuse } from '../test/fake-server.ts';
import { personNamed, useMeeting } from '../test/meeting.ts';
import type { Room } from './room.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const camera: Track = { trackId: 'ben-camera', kind: 'video', source: 'camera', muted: false };
const screen: Track = { trackId: 'ben-screen', kind: 'video', source: 'screen', muted: false };
const microphone: Track = { trackId: 'ben-microphone', kind: 'audio', source: 'microphone', muted: false };
const ben = personNamed('Ben', [camera, microphone]);

const meeting = useMeeting();
let room: Room;

beforeEach(async () => {
  meeting.server.participants = [ben];
  room = await meeting.join();
});

/** What the server was told, as text. */
function wishes(): readonly string[] {
  const asked = meeting.server.requests('set-received') as readonly { trackId: string; received: boolean }[];
  return asked.map(({ trackId, received }) => `${trackId} ${received ? 'on' : 'off'}`);
}

function received(): readonly (string | undefined)[] {
  const tracks = room.participants[0]?.tracks ?? [];
  return tracks.filter(({ isReceived }) => isReceived).map(({ trackId }) => trackId);
}

describe('a track that we do not want', () => {
  it('is told to the server at once, and again when we want it; what is so already is not', async () => {
    await room.setReceived('ben-camera', false);
    expect(received()).toEqual(['ben-microphone']);
    await room.setReceived('ben-camera', false);
    await room.setReceived('ben-camera', true);
    expect(received()).toEqual(['ben-camera', 'ben-microphone']);
    expect(wishes()).toEqual(['ben-camera off', 'ben-camera on']);
    expect(meeting.takeEvents()).toEqual(['changed Ben', 'changed Ben', 'changed Ben']);
  });

  it('is one of those that are there', async () => {
    await expect(room.setReceived('none', false)).rejects.toMatchObject({ code: 'track-unknown' });
    await expect(room.setVideoReceived('none', false)).rejects.toMatchObject({ code: 'participant-unknown' });
    expect(wishes()).toEqual([]);
  });

  it('is received as before when the server refuses, which is told', async () => {
    meeting.server.answerOnce('set-received', refuse('rate-limited'));
    await expect(room.setReceived('ben-camera', false)).rejects.toMatchObject({ code: 'rate-limited' });
    expect(received()).toEqual(['ben-camera', 'ben-microphone']);
  });

  it('is received as it was wanted last when the wish before is refused late', async () => {
    let refuseFirst = (): void => {};
    meeting.server.answerOnce(
      'set-received',
      new Promise((resolve) => (refuseFirst = () => resolve(refuse('rate-limited')))),
    );
    const first = expect(room.setReceived('ben-camera', false)).rejects.toMatchObject({ code: 'rate-limited' });
    await room.setReceived('ben-camera', true);
    await room.setReceived('ben-camera', false);
    refuseFirst();
    await first;
    expect(received()).toEqual(['ben-microphone']);
  });

  it('stays so with a new socket: only what the server does not know is told', async () => {
    await room.setReceived('ben-camera', false);
    meeting.server.socket.drop();
    await room.setReceived('ben-microphone', false);
    meeting.server.notReceived = ['ben-camera'];
    await meeting.reconnects();
    expect(received()).toEqual([]);
    expect(wishes()).toEqual(['ben-camera off', 'ben-microphone off']);
    meeting.server.socket.drop();
    await room.setReceived('ben-camera', true);
    meeting.server.notReceived = ['ben-camera', 'ben-microphone'];
    await meeting.reconnects();
    expect(wishes().slice(2)).toEqual(['ben-camera on']);
  });

  it('stays so when we had to join anew', async () => {
    await room.setReceived('ben-camera', false);
    meeting.server.answerOnce('resume', refuse('resume-expired'));
    meeting.server.socket.drop();
    await meeting.reconnects();
    expect(received()).toEqual(['ben-microphone']);
    expect(wishes()).toEqual(['ben-camera off', 'ben-camera off']);
  });

  it('is forgotten when it ends', async () => {
    await room.setReceived('ben-camera', false);
    meeting.server.tell('track-unpublished', { participantId: 'b', trackId: 'ben-camera' });
    meeting.server.tell('track-published', { participantId: 'b', track: camera });
    expect(received()).toEqual(['ben-microphone', 'ben-camera']);
  });
});

describe('a person whose video we do not want', () => {
  it('sends us no camera and no screen, also none that comes later; sound goes on', async () => {
    await room.setVideoReceived('b', false);
    meeting.server.tell('track-published', { participantId: 'b', track: screen });
    expect(received()).toEqual(['ben-microphone']);
    expect(room.participants[0]?.isVideoReceived).toBe(false);
    await room.setVideoReceived('b', true);
    expect(wishes()).toEqual(['ben-camera off', 'ben-screen off', 'ben-camera on', 'ben-screen on']);
  });

  it('is not wanted after a while without the server either', async () => {
    await room.setVideoReceived('b', false);
    meeting.server.socket.drop();
    meeting.server.participants = [{ ...ben, tracks: [camera, microphone, screen] }];
    meeting.server.notReceived = ['ben-camera'];
    await meeting.reconnects();
    expect(received()).toEqual(['ben-microphone']);
    expect(wishes()).toEqual(['ben-camera off', 'ben-screen off']);
  });

  it('is shown as before when the server refuses', async () => {
    meeting.server.answerOnce('set-received', refuse('rate-limited'));
    await expect(room.setVideoReceived('b', false)).rejects.toMatchObject({ code: 'rate-limited' });
    expect(room.participants[0]?.isVideoReceived).toBe(true);
    expect(received()).toEqual(['ben-camera', 'ben-microphone']);
  });

  it('is wanted as was said last when what was said before is refused late', async () => {
    let refuseFirst = (): void => {};
    meeting.server.answerOnce(
      'set-received',
      new Promise((resolve) => (refuseFirst = () => resolve(refuse('rate-limited')))),
    );
    const first = expect(room.setVideoReceived('b', false)).rejects.toMatchObject({ code: 'rate-limited' });
    await room.setVideoReceived('b', true);
    await room.setVideoReceived('b', false);
    refuseFirst();
    await first;
    expect(room.participants[0]?.isVideoReceived).toBe(false);
    expect(received()).toEqual(['ben-microphone']);
  });

  it('may end a track while we say so', async () => {
    meeting.server.answerOnce('set-received', refuse('track-unknown'));
    await room.setVideoReceived('b', false);
    expect(room.participants[0]?.isVideoReceived).toBe(false);
  });
});
