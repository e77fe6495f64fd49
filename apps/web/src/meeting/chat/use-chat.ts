import type { ChatMessage } from '@rivero/sdk';
import { readonly, ref, type Ref, shallowRef, watch } from 'vue';
import { type Problem, problemOf } from '../problem.ts';
import type { Meeting } from '../use-meeting.ts';
import { useRoomEvent } from '../use-room-event.ts';

/** What is said in the meeting, and what we are about to say. */
export interface Chat {
  readonly messages: Readonly<Ref<readonly ChatMessage[]>>;
  /** Of the others, since the chat was last seen. */
  readonly unread: Readonly<Ref<number>>;
  /** What is typed and not sent; it stays while the chat is closed. */
  readonly draft: Ref<string>;
  /** Why the last message could not be sent; it is in the draft again. */
  readonly problem: Readonly<Ref<Problem | undefined>>;
  /** The server can be reached. */
  readonly canSend: Readonly<Ref<boolean>>;
  send(): Promise<void>;
}

export interface ChatOptions {
  /** The chat is seen. */
  readonly isOpen: Readonly<Ref<boolean>>;
  /** Called for what others say while the chat is not seen. */
  readonly onUnread: (message: ChatMessage) => void;
}

export function useChat({ room, state }: Pick<Meeting, 'room' | 'state'>, { isOpen, onUnread }: ChatOptions): Chat {
  const messages = shallowRef<readonly ChatMessage[]>([]);
  const unread = ref(0);
  const draft = ref('');
  const problem = shallowRef<Problem>();
  const canSend = ref(false);

  watch(room, (joined) => (messages.value = joined?.chat.messages ?? []), { immediate: true, flush: 'sync' });
  watch(state, (next) => (canSend.value = next === 'connected'), { immediate: true, flush: 'sync' });
  watch(isOpen, () => (unread.value = 0), { flush: 'sync' });
  useRoomEvent(room, 'chatMessage', (message) => {
    messages.value = room.value?.chat.messages ?? [];
    if (message.isOwn || isOpen.value) return;
    unread.value += 1;
    onUnread(message);
  });

  async function send(): Promise<void> {
    const text = draft.value;
    if (text.trim() === '' || !canSend.value || room.value === undefined) return;
    draft.value = '';
    problem.value = undefined;
    try {
      await room.value.chat.send(text);
    } catch (error) {
      problem.value = problemOf(error);
      // What was typed meanwhile stays behind it.
      draft.value = draft.value === '' ? text : `${text}\n${draft.value}`;
    }
  }

  return { messages, unread: readonly(unread), draft, problem, canSend: readonly(canSend), send };
}
