import { CodedError } from '@rivero/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ref } from 'vue';
import { scene } from '../test/fake-room.ts';
import { ann, openPage } from '../test/meeting-scene.ts';
import type { Meeting } from '../use-meeting.ts';
import { type Chat, useChat } from './use-chat.ts';

vi.mock('@rivero/sdk', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  ...(await import('../test/fake-room.ts')).fakeSdk,
}));

const isOpen = ref(false);
const onUnread = vi.fn();
let meeting: Meeting;
let chat: Chat;

beforeEach(async () => {
  vi.stubGlobal('window', {});
  isOpen.value = false;
  onUnread.mockClear();
  ({ meeting, inside: chat } = openPage((meeting) => useChat(meeting, { isOpen, onUnread })));
  scene.room.chat.messages = [{ text: 'before' }];
  await meeting.join(ann);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function hear(text: string, isOwn = false): void {
  const message = { text, isOwn };
  scene.room.chat.messages = [...scene.room.chat.messages, message];
  scene.room.fire('chatMessage', message);
}

describe('the chat', () => {
  it('has what was said before we came, and what is said', () => {
    hear('now');
    expect(chat.messages.value).toMatchObject([{ text: 'before' }, { text: 'now' }]);
  });

  it('counts what others say while it is closed, until it is opened', () => {
    hear('one');
    hear('ours', true);
    hear('two');
    expect(chat.unread.value).toBe(2);
    expect(onUnread).toHaveBeenCalledTimes(2);
    isOpen.value = true;
    expect(chat.unread.value).toBe(0);
    hear('three');
    expect(chat.unread.value).toBe(0);
    expect(onUnread).toHaveBeenCalledTimes(2);
  });

  it('sends what is typed, and nothing that is empty', async () => {
    chat.draft.value = ' \n ';
    await chat.send();
    chat.draft.value = 'Hello';
    await chat.send();
    expect(scene.room.calls).toEqual(['say Hello']);
    expect(chat.draft.value).toBe('');
  });

  it('gives back what could not be sent, before what was typed meanwhile, and says why', async () => {
    scene.room.refusal = new CodedError('rate-limited', '');
    chat.draft.value = 'Hello';
    const sending = chat.send();
    chat.draft.value = 'World';
    await sending;
    expect(chat.draft.value).toBe('Hello\nWorld');
    expect(chat.problem.value?.code).toBe('rate-limited');
    expect(meeting.problem.value).toBe(undefined);
    scene.room.refusal = undefined;
    await chat.send();
    expect(chat.problem.value).toBe(undefined);
    expect(chat.draft.value).toBe('');
  });

  it('keeps what is typed while the server cannot be reached', async () => {
    scene.room.fire('stateChanged', 'reconnecting');
    expect(chat.canSend.value).toBe(false);
    chat.draft.value = 'Hello';
    await chat.send();
    expect(chat.draft.value).toBe('Hello');
    expect(scene.room.calls).toEqual([]);
    scene.room.fire('stateChanged', 'connected');
    expect(chat.canSend.value).toBe(true);
  });
});
