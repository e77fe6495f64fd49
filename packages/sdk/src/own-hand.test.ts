import type { Participant } from '@rivero/api';
import { describe, expect, it, vi } from 'vitest';
import { refuse } from '../test/fake-server.ts';
import { useMeeting } from '../test/meeting.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const ben: Participant = { participantId: 'b', name: 'Ben', away: false, role: 'guest', handRaisedAt: 7, tracks: [] };

const meeting = useMeeting();

describe('our hand', () => {
  it('is raised since the time of the server, and lowered', async () => {
    const room = await meeting.join();
    expect([room.isHandRaised, room.handRaisedAt]).toEqual([false, null]);
    await room.setHandRaised(true);
    expect([room.isHandRaised, room.handRaisedAt]).toEqual([true, 5_000]);
    await room.setHandRaised(false);
    expect([room.isHandRaised, room.handRaisedAt]).toEqual([false, null]);
    expect(meeting.server.requests('set-hand')).toEqual([{ raised: true }, { raised: false }]);
    expect(meeting.takeEvents()).toEqual(['hand raised', 'hand lowered']);
  });

  it('that is refused stays as it was, and the caller knows why', async () => {
    const room = await meeting.join();
    meeting.server.answerOnce('set-hand', refuse('rate-limited'));
    await expect(room.setHandRaised(true)).rejects.toMatchObject({ code: 'rate-limited' });
    expect(room.isHandRaised).toBe(false);
    meeting.server.socket.drop();
    await meeting.reconnects();
    expect(meeting.server.requests('set-hand')).toHaveLength(1);
  });

  it('is lowered by a host', async () => {
    const room = await meeting.join();
    await room.setHandRaised(true);
    meeting.server.tell('hand-changed', { participantId: 'me-1', handRaisedAt: null });
    expect(room.isHandRaised).toBe(false);
    meeting.server.socket.drop();
    await meeting.reconnects();
    expect(room.isHandRaised).toBe(false);
    expect(meeting.server.requests('set-hand')).toHaveLength(1);
    expect(meeting.takeEvents().filter((event) => event.startsWith('hand'))).toEqual(['hand raised', 'hand lowered']);
  });

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 0, 2]]])(
    'is as it was wanted last, in whatever order the answers come: %j',
    async (order) => {
      const room = await meeting.join();
      const answers: ((at: number | null) => void)[] = [];
      for (let i = 0; i < 3; i++) {
        const answer = new Promise<number | null>((resolve) => answers.push(resolve));
        meeting.server.answerOnce('set-hand', () =>
          answer.then((handRaisedAt) => ({ ok: true, value: { handRaisedAt } })),
        );
      }
      const wishes = [room.setHandRaised(true), room.setHandRaised(false), room.setHandRaised(true)];
      for (const i of order) {
        answers[i]?.(i === 1 ? null : 7);
        await vi.advanceTimersByTimeAsync(0);
      }
      await Promise.all(wishes);
      expect(room.handRaisedAt).toBe(7);
      // Not even for a moment is it shown as lowered.
      expect(meeting.takeEvents()).toEqual(['hand raised']);
    },
  );
});

describe('after a lost socket our hand', () => {
  it('is still raised where it was', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    await room.setHandRaised(true);
    server.handRaisedAt = 5_000;
    server.socket.drop();
    await meeting.reconnects();
    expect(room.handRaisedAt).toBe(5_000);
    expect(server.requests('set-hand')).toHaveLength(1);
  });

  it('is lowered when a host did that meanwhile', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    await room.setHandRaised(true);
    server.socket.drop();
    server.handRaisedAt = null;
    await meeting.reconnects();
    expect(room.isHandRaised).toBe(false);
    expect(server.requests('set-hand')).toHaveLength(1);
  });

  it.each([true, false])('is as we wanted it while we were away: %s', async (raised) => {
    const { server } = meeting;
    const room = await meeting.join();
    if (!raised) await room.setHandRaised(true);
    server.handRaisedAt = raised ? null : 5_000;
    server.socket.drop();
    await room.setHandRaised(raised);
    await meeting.reconnects();
    expect(server.requests('set-hand').at(-1)).toEqual({ raised });
    expect(room.isHandRaised).toBe(raised);
  });

  it('is told again when the socket was lost with the question', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    server.answerOnce('set-hand', new Promise(() => {}));
    const raising = room.setHandRaised(true);
    server.socket.drop();
    await raising;
    await meeting.reconnects();
    expect(server.requests('set-hand')).toEqual([{ raised: true }, { raised: true }]);
    expect(room.isHandRaised).toBe(true);
  });

  it('is raised again by a server that restarted, and meanwhile not shown as lowered', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    await room.setHandRaised(true);
    meeting.takeEvents();
    server.answerOnce('resume', refuse('resume-expired'));
    server.answerOnce('set-hand', { ok: true, value: { handRaisedAt: 9_000 } });
    server.socket.drop();
    await meeting.reconnects();
    expect(server.requests('set-hand')).toEqual([{ raised: true }, { raised: true }]);
    expect(room.handRaisedAt).toBe(9_000);
    expect(meeting.takeEvents().filter((event) => event.startsWith('hand'))).toEqual(['hand raised']);
  });

  it('is shown as lowered when it cannot be raised again', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    await room.setHandRaised(true);
    server.answerOnce('resume', refuse('resume-expired'));
    server.answerOnce('set-hand', refuse('rate-limited'));
    server.socket.drop();
    await meeting.reconnects();
    expect(room.isHandRaised).toBe(false);
  });
});

it('the hands of others are known when we enter, and change', async () => {
  const { server } = meeting;
  server.participants = [ben];
  const room = await meeting.join();
  expect(room.participants[0]?.handRaisedAt).toBe(7);
  server.tell('hand-changed', { participantId: 'b', handRaisedAt: null });
  expect(room.participants[0]?.handRaisedAt).toBeNull();
  server.socket.drop();
  server.participants = [{ ...ben, handRaisedAt: 8 }];
  await meeting.reconnects();
  expect(room.participants[0]?.handRaisedAt).toBe(8);
  expect(room.isHandRaised).toBe(false);
  expect(meeting.takeEvents()).toEqual(['changed Ben', 'state reconnecting', 'changed Ben', 'state connected']);
});
