import type { ChatMessage } from '@rivero/sdk';
import { describe, expect, it } from 'vitest';
import { groupMessages } from './message-groups.ts';

const minute = 60_000;

function said(participantId: string, minutes: number, isOwn = false): ChatMessage {
  const at = minutes * minute;
  return { messageId: `${participantId}${at}`, participantId, name: participantId, text: '', at, isOwn };
}

/** Who wrote how many messages in a row. */
function rows(messages: readonly ChatMessage[]): readonly string[] {
  return groupMessages(messages).map(({ name, messages }) => `${name} ${messages.length}`);
}

describe('messages', () => {
  it('of one person stand together until somebody else writes', () => {
    expect(rows([said('ann', 0), said('ann', 1), said('ben', 2), said('ann', 3)])).toEqual(['ann 2', 'ben 1', 'ann 1']);
  });

  it('of one person are parted by a pause of 5 minutes', () => {
    expect(rows([said('ann', 0), said('ann', 4.9), said('ann', 9.9), said('ann', 10)])).toEqual(['ann 2', 'ann 2']);
  });

  it('of ours stand together though we came again with another id', () => {
    expect(rows([said('me', 0, true), said('me again', 1, true)])).toEqual(['me 2']);
  });

  it('have the time of the first', () => {
    expect(groupMessages([said('ann', 7), said('ann', 8)])[0]?.at).toEqual(new Date(7 * minute));
    expect(groupMessages([])).toEqual([]);
  });
});
