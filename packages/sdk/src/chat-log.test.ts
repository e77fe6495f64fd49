import { chatLengthMax, type ChatMessage, type Participant } from '@rivero/api';
import { describe, expect, it, vi } from 'vitest';
import { refuse } from '../test/fake-server.ts';
import { useMeeting } from '../test/meeting.ts';
import { chatLogMax } from './chat-log.ts';
import type { Room } from './room.ts';

vi.mock('socket.io-client', async () => {
  const { connectFake } = await import('../test/fake-server.ts');
  return { io: connectFake };
});

const said = (index: number, text = `word ${index}`): ChatMessage => ({
  messageId: `m${index}`,
  participantId: 'b',
  name: 'Ben',
  text,
  at: index,
});
const textsOf = ({ chat }: Room): readonly string[] => chat.messages.map(({ text }) => text);

const meeting = useMeeting();

describe('the chat', () => {
  it('has what was said before we came, without events', async () => {
    meeting.server.chat = [said(1), said(2)];
    const room = await meeting.join();
    expect(room.chat.messages).toEqual([
      { ...said(1), isOwn: false },
      { ...said(2), isOwn: false },
    ]);
    expect(meeting.takeEvents()).toEqual([]);
  });

  it('hears others, and is another array then', async () => {
    const room = await meeting.join();
    const before = room.chat.messages;
    meeting.server.tell('chat-message', said(1));
    expect(room.chat.messages).toEqual([{ ...said(1), isOwn: false }]);
    expect(before).toEqual([]);
    expect(meeting.takeEvents()).toEqual(['said Ben word 1']);
  });

  it('says what we type, cleaned, and has it in its place', async () => {
    const room = await meeting.join();
    meeting.server.behindAnswer = () => meeting.server.tell('chat-message', said(7));
    const message = await room.chat.send('  Hello\r\nBen\u202e ');
    const own = { messageId: 'said-1', participantId: 'me-1', name: 'Ann', text: 'Hello\nBen', at: 1_000, isOwn: true };
    expect(message).toEqual(own);
    expect(meeting.server.requests('send-chat')).toEqual([{ text: 'Hello\nBen' }]);
    await vi.advanceTimersByTimeAsync(0);
    expect(room.chat.messages).toEqual([own, { ...said(7), isOwn: false }]);
    expect(meeting.takeEvents()).toEqual(['said own Hello\nBen', 'said Ben word 7']);
  });

  it.each(['rate-limited', 'not-in-room'])(
    'that is refused with %s tells the caller, and has nothing',
    async (code) => {
      const room = await meeting.join();
      meeting.server.answerOnce('send-chat', refuse(code));
      await expect(room.chat.send('Hello')).rejects.toMatchObject({ code });
      expect(room.chat.messages).toEqual([]);
      expect(meeting.takeEvents()).toEqual([]);
    },
  );

  it(`has messages of ${chatLengthMax} units with something to see; others never reach the server`, async () => {
    const room = await meeting.join();
    for (const text of ['', ' \n', '\u200b', '\u202e']) {
      await expect(room.chat.send(text)).rejects.toMatchObject({ code: 'chat-empty' });
    }
    const long = 'x'.repeat(chatLengthMax);
    await expect(room.chat.send(`${long}x`)).rejects.toMatchObject({ code: 'chat-too-long' });
    await room.chat.send(` ${long} `);
    expect(meeting.server.requests('send-chat')).toEqual([{ text: long }]);
  });

  it('keeps nothing for later while the server is away', async () => {
    const room = await meeting.join();
    meeting.server.socket.drop();
    await expect(room.chat.send('Hello')).rejects.toMatchObject({ code: 'server-silent' });
    await meeting.reconnects();
    expect(meeting.server.names).not.toContain('send-chat');
    expect(room.chat.messages).toEqual([]);
  });

  it(`keeps ${chatLogMax} messages; the oldest makes room for one more`, async () => {
    const room = await meeting.join();
    for (let i = 0; i <= chatLogMax; i++) meeting.server.tell('chat-message', said(i));
    expect(room.chat.messages).toHaveLength(chatLogMax);
    expect(room.chat.messages[0]?.messageId).toBe('m1');
    expect(room.chat.messages.at(-1)?.messageId).toBe(`m${chatLogMax}`);
  });

  it('can be read after we left, and hears nothing more', async () => {
    const room = await meeting.join();
    meeting.server.tell('chat-message', said(1));
    await room.leave();
    meeting.server.tell('chat-message', said(2));
    expect(textsOf(room)).toEqual(['word 1']);
  });
});

describe('after a lost socket', () => {
  it('has what was missed, once, told by events', async () => {
    const { server } = meeting;
    server.chat = [said(1)];
    const room = await meeting.join();
    server.tell('chat-message', said(2));
    server.socket.drop();
    server.chat = [said(1), said(2), said(3), said(4)];
    server.behindAnswer = () => server.tell('chat-message', said(4));
    meeting.takeEvents();
    await meeting.reconnects();
    expect(textsOf(room)).toEqual(['word 1', 'word 2', 'word 3', 'word 4']);
    expect(meeting.takeEvents()).toEqual(['said Ben word 3', 'said Ben word 4', 'state connected']);
  });

  it('knows as our own what the server took though its answer was lost', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    server.answerOnce('send-chat', new Promise(() => {}));
    const sending = room.chat.send('Hello').catch(({ code }: { readonly code: string }) => code);
    server.socket.drop();
    server.chat = [{ messageId: 'x', participantId: 'me-1', name: 'Ann', text: 'Hello', at: 1 }];
    await meeting.reconnects();
    expect(await sending).toBe('server-silent');
    expect(room.chat.messages).toMatchObject([{ text: 'Hello', isOwn: true }]);
  });

  it('that made us join anew has what was said before; what we said stays ours', async () => {
    const { server } = meeting;
    const room = await meeting.join();
    await room.chat.send('Hello');
    server.answerOnce('resume', refuse('resume-expired'));
    server.chat = [{ messageId: 'said-1', participantId: 'me-1', name: 'Ann', text: 'Hello', at: 1_000 }, said(2)];
    server.socket.drop();
    await meeting.reconnects();
    await room.chat.send('Back');
    expect(room.chat.messages.map(({ text, isOwn }) => [text, isOwn])).toEqual([
      ['Hello', true],
      ['word 2', false],
      ['Back', true],
    ]);
    expect(room.chat.messages[2]?.participantId).toBe('me-2');
  });

  it('to a server that restarted keeps what that forgot', async () => {
    const { server } = meeting;
    server.chat = [said(1)];
    const room = await meeting.join();
    server.answerOnce('resume', refuse('resume-expired'));
    server.chat = [];
    server.socket.drop();
    await meeting.reconnects();
    expect(textsOf(room)).toEqual(['word 1']);
  });
});

describe('reactions', () => {
  const ben: Participant = {
    participantId: 'b',
    name: 'Ben',
    away: false,
    role: 'guest',
    handRaisedAt: null,
    tracks: [],
  };

  it('are shown to the others, and theirs are told; those of nobody we know are not', async () => {
    const { server } = meeting;
    server.participants = [ben];
    const room = await meeting.join();
    await room.react('party');
    expect(server.requests('react')).toEqual([{ reaction: 'party' }]);
    server.tell('reaction', { participantId: 'b', reaction: 'heart' });
    server.tell('reaction', { participantId: 'nobody', reaction: 'heart' });
    expect(meeting.takeEvents()).toEqual(['reaction heart Ben']);
  });

  it('that are too many tell the caller', async () => {
    const room = await meeting.join();
    meeting.server.answerOnce('react', refuse('rate-limited'));
    await expect(room.react('clap')).rejects.toMatchObject({ code: 'rate-limited' });
  });
});
