import type { Participant } from '@rivero/api';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refuse } from '../test/fake-server.ts';
import { useMeeting } from '../test/meeting.ts';
import type { Room } from './room.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

function person(participantId: string, name: string): Participant {
  return { participantId, name, away: false, role: 'guest', handRaisedAt: null, tracks: [] };
}

const [ben, eve] = [person('b', 'Ben'), person('e', 'Eve')];

const meeting = useMeeting();
let room: Room;

beforeEach(async () => {
  meeting.server.participants = [ben, eve];
  room = await meeting.join();
});

/** What the server was told, as text. */
function wishes(): readonly string[] {
  const asked = meeting.server.requests('set-sent') as readonly { participantId: string; sent: boolean }[];
  return asked.map(({ participantId, sent }) => `${participantId} ${sent ? 'on' : 'off'}`);
}

function namesOf(property: 'isSentTo' | 'isWithholding'): readonly string[] {
  return room.participants.filter((participant) => participant[property]).map(({ name }) => name);
}

/** The next wish is refused when the returned function is called. */
function refuseLater(): () => void {
  let refuseNow = (): void => {};
  meeting.server.answerOnce('set-sent', new Promise((resolve) => (refuseNow = () => resolve(refuse('rate-limited')))));
  return () => refuseNow();
}

describe('somebody to whom we send nothing', () => {
  it('is told to the server at once, and again when we send; what is so already is not', async () => {
    expect(namesOf('isSentTo')).toEqual(['Ben', 'Eve']);
    await room.setSentTo('b', false);
    expect(namesOf('isSentTo')).toEqual(['Eve']);
    await room.setSentTo('b', false);
    await room.setSentTo('b', true);
    expect(namesOf('isSentTo')).toEqual(['Ben', 'Eve']);
    expect(wishes()).toEqual(['b off', 'b on']);
    expect(meeting.takeEvents()).toEqual(['changed Ben', 'changed Ben']);
  });

  it('is one of those who are there', async () => {
    await expect(room.setSentTo('none', false)).rejects.toMatchObject({ code: 'participant-unknown' });
    expect(wishes()).toEqual([]);
  });

  it('is sent as before when the server refuses, which is told', async () => {
    meeting.server.answerOnce('set-sent', refuse('rate-limited'));
    await expect(room.setSentTo('b', false)).rejects.toMatchObject({ code: 'rate-limited' });
    expect(namesOf('isSentTo')).toEqual(['Ben', 'Eve']);
  });

  it('is sent as was wished last when the wish before is refused late', async () => {
    const refuseFirst = refuseLater();
    const first = expect(room.setSentTo('b', false)).rejects.toMatchObject({ code: 'rate-limited' });
    await room.setSentTo('b', true);
    await room.setSentTo('b', false);
    refuseFirst();
    await first;
    expect(namesOf('isSentTo')).toEqual(['Eve']);
  });

  it('is shown as the server has it when two wishes in a row are refused', async () => {
    const refusals = [refuseLater(), refuseLater()];
    const both = [room.setSentTo('b', false), room.setSentTo('b', true)].map(
      async (wish) => await expect(wish).rejects.toMatchObject({ code: 'rate-limited' }),
    );
    for (const refuseNow of refusals) refuseNow();
    await Promise.all(both);
    expect(namesOf('isSentTo')).toEqual(['Ben', 'Eve']);
  });

  it('may leave while we say so', async () => {
    meeting.server.answerOnce('set-sent', () => {
      meeting.server.tell('participant-left', { participantId: 'b', reason: 'left' });
      return refuse('participant-unknown');
    });
    await room.setSentTo('b', false);
    expect(namesOf('isSentTo')).toEqual(['Eve']);
  });

  it('stays so with a new socket: only what the server does not know is told', async () => {
    await room.setSentTo('b', false);
    meeting.server.socket.drop();
    await room.setSentTo('e', false);
    meeting.server.notSentTo = ['b'];
    await meeting.reconnects();
    expect(wishes()).toEqual(['b off', 'e off']);
    meeting.server.socket.drop();
    await room.setSentTo('b', true);
    meeting.server.notSentTo = ['b', 'e'];
    await meeting.reconnects();
    expect(wishes().slice(2)).toEqual(['b on']);
    expect(namesOf('isSentTo')).toEqual(['Ben']);
  });

  it('stays so when we had to join anew, and is told before media is negotiated', async () => {
    await room.setSentTo('b', false);
    meeting.server.answerOnce('resume', refuse('resume-expired'));
    meeting.server.hasMedia = false;
    meeting.server.socket.drop();
    await meeting.reconnects();
    expect(namesOf('isSentTo')).toEqual(['Eve']);
    expect(wishes()).toEqual(['b off', 'b off']);
    const { names } = meeting.server;
    expect(names.lastIndexOf('set-sent')).toBeLessThan(names.lastIndexOf('negotiate'));
  });

  it('is shown as sent to, and an error told, when the server refuses it after we are back', async () => {
    await room.setSentTo('b', false);
    meeting.server.socket.drop();
    meeting.server.answerOnce('set-sent', refuse('rate-limited'));
    await meeting.reconnects();
    expect(namesOf('isSentTo')).toEqual(['Ben', 'Eve']);
    expect(meeting.takeEvents()).toContain('error rate-limited');
  });

  it('who joins anew is somebody else, and is sent everything', async () => {
    await room.setSentTo('b', false);
    meeting.server.tell('participant-left', { participantId: 'b', reason: 'lost' });
    meeting.server.tell('participant-joined', { participant: { ...ben, participantId: 'b2' } });
    expect(namesOf('isSentTo')).toEqual(['Eve', 'Ben']);
  });
});

describe('somebody who sends us nothing', () => {
  it('is known from the beginning, and when it changes', async () => {
    expect(namesOf('isWithholding')).toEqual([]);
    meeting.server.tell('participant-withholds', { participantId: 'b', withholds: true });
    expect(namesOf('isWithholding')).toEqual(['Ben']);
    meeting.server.tell('participant-withholds', { participantId: 'b', withholds: false });
    expect(namesOf('isWithholding')).toEqual([]);
    expect(meeting.takeEvents()).toEqual(['changed Ben', 'changed Ben']);
    meeting.server.withheldBy = ['e'];
    room = await meeting.join();
    expect(namesOf('isWithholding')).toEqual(['Eve']);
  });

  it('is known when it changed while we were away', async () => {
    meeting.server.tell('participant-withholds', { participantId: 'b', withholds: true });
    meeting.server.socket.drop();
    meeting.server.withheldBy = ['e'];
    await meeting.reconnects();
    expect(namesOf('isWithholding')).toEqual(['Eve']);
  });
});
