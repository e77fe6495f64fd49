import { chatHistoryLengthMax, chatHistoryMax, chatLengthMax, type ChatMessage } from '@rivero/api';
import { expect, it } from 'vitest';
import { ChatHistory } from './chat-history.ts';

function said(index: number, text = 'Hello'): ChatMessage {
  return { messageId: `m${index}`, participantId: 'ann', name: 'Ann', text, at: index };
}

it(`keeps ${chatHistoryMax} messages, in order; the oldest makes room for one more`, () => {
  const history = new ChatHistory();
  for (let i = 0; i < chatHistoryMax; i++) history.add(said(i));
  expect(history.messages.map(({ at }) => at)).toEqual(Array.from({ length: chatHistoryMax }, (_, i) => i));
  history.add(said(chatHistoryMax));
  expect(history.messages.map(({ at }) => at)).toEqual(Array.from({ length: chatHistoryMax }, (_, i) => i + 1));
});

it(`keeps ${chatHistoryLengthMax} units of text; as many of the oldest as needed make room for more`, () => {
  const history = new ChatHistory();
  const long = 'x'.repeat(chatLengthMax);
  const fitting = chatHistoryLengthMax / chatLengthMax;
  history.add(said(0, 'x'));
  for (let i = 1; i < fitting; i++) history.add(said(i, long));
  history.add(said(fitting, long.slice(1)));
  expect(history.messages).toHaveLength(fitting + 1);
  history.add(said(fitting + 1, 'x'));
  expect(history.messages[0]?.at).toBe(1);
  history.add(said(fitting + 2, 'x'));
  expect(history.messages[0]?.at).toBe(2);
});
