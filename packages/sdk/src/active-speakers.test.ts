import { beforeEach, expect, it, vi } from 'vitest';
import { personNamed, useMeeting } from '../test/meeting.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const ben = personNamed('Ben');

const meeting = useMeeting();

beforeEach(() => {
  meeting.server.participants = [ben];
});

it('tells who speaks, in the server’s order, we among them', async () => {
  const room = await meeting.join();
  const told: (readonly string[])[] = [];
  room.on('activeSpeakersChanged', (participantIds) => void told.push(participantIds));
  const [remote] = room.participants;
  meeting.server.tell('speakers-changed', { participantIds: ['b', room.participantId] });
  expect(room.activeSpeakers).toEqual(['b', room.participantId]);
  expect(remote?.isSpeaking).toBe(true);
  meeting.server.tell('speakers-changed', { participantIds: [room.participantId] });
  expect(remote?.isSpeaking).toBe(false);
  meeting.server.tell('speakers-changed', { participantIds: [room.participantId] });
  expect(told).toEqual([['b', room.participantId], [room.participantId]]);
  expect(meeting.takeEvents()).toEqual(['changed Ben', 'changed Ben']);
});

it('knows who speaks from the first moment on', async () => {
  meeting.server.speakers = ['b'];
  const room = await meeting.join();
  expect(room.activeSpeakers).toEqual(['b']);
  expect(room.participants[0]?.isSpeaking).toBe(true);
});

it('knows of nobody while the server cannot be reached, and again from the answer to the resumption', async () => {
  meeting.server.speakers = ['b'];
  const room = await meeting.join();
  meeting.server.socket.drop();
  expect(room.activeSpeakers).toEqual([]);
  expect(room.participants[0]?.isSpeaking).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(room.activeSpeakers).toEqual(['b']);
});

it('is silent after we left', async () => {
  meeting.server.speakers = ['b'];
  const room = await meeting.join();
  await room.leave();
  expect(room.activeSpeakers).toEqual([]);
});
