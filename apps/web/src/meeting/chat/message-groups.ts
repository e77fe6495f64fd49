import type { ChatMessage } from '@rivero/sdk';

/** Messages that one person wrote one after the other, shown under one name. */
export interface MessageGroup {
  /** Of its first message. */
  readonly key: string;
  readonly name: string;
  readonly isOwn: boolean;
  /** When the first was written. */
  readonly at: Date;
  readonly messages: readonly ChatMessage[];
}

/** After such a pause the name and the time are said again. */
const pauseMs = 5 * 60_000;

function belongTogether(one: ChatMessage, next: ChatMessage): boolean {
  // We have another id each time that we came.
  const isSamePerson = (one.isOwn && next.isOwn) || one.participantId === next.participantId;
  return isSamePerson && next.at - one.at < pauseMs;
}

export function groupMessages(messages: readonly ChatMessage[]): readonly MessageGroup[] {
  const groups: ChatMessage[][] = [];
  for (const message of messages) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && belongTogether(last, message)) group.push(message);
    else groups.push([message]);
  }
  return groups.flatMap((group) =>
    group
      .slice(0, 1)
      .map(({ messageId, name, isOwn, at }) => ({ key: messageId, name, isOwn, at: new Date(at), messages: group })),
  );
}
