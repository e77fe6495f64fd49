import { chatLengthMax, type ChatMessage as ToldMessage, isVisible, type RoomSnapshot } from '@rivero/api';
import { CodedError } from '@rivero/core';
import { cleanChatText } from './clean-chat-text.ts';
import type { RoomContext, RoomPart } from './room-part.ts';

/** Something that was said in the room, by somebody who may have left since. */
export interface ChatMessage {
  readonly messageId: string;
  readonly participantId: string;
  /** Of who said it. */
  readonly name: string;
  /** Plain text of one line or more. */
  readonly text: string;
  /** When the server took it, by its clock: milliseconds since 1970. */
  readonly at: number;
  readonly isOwn: boolean;
}

/** What was said in the room. */
export interface ChatLog {
  /**
   * In order; another array when there are more. The room itself keeps the last ones for those who come later; what we
   * heard stays here until we leave, also when the server was restarted, but for the oldest of more than `chatLogMax`.
   */
  readonly messages: readonly ChatMessage[];
  /**
   * Says something to everybody; up to `chatLengthMax` UTF-16 units. What cannot be shown (controls, characters that turn
   * the direction of text) is left out. Nothing is kept for later: while the server cannot be reached it is refused.
   * Errors: `chat-empty`, `chat-too-long`, `rate-limited`, `server-silent`.
   */
  send(text: string): Promise<ChatMessage>;
}

/** Messages that a page keeps. */
export const chatLogMax = 1_000;

/** Keeps what is said. Tells every message by an event of the room, but for those that are there when we enter. */
export class RoomChat implements ChatLog, RoomPart {
  readonly #context: RoomContext;
  readonly #name: string;
  /** Ours; another one each time that we joined anew. */
  readonly #ownIds = new Set<string>();
  #participantId = '';
  #messages: readonly ChatMessage[] = [];

  constructor(context: RoomContext, name: string) {
    this.#context = context;
    this.#name = name;
    context.signaling.socket.on('chat-message', (message) => this.#add(message));
  }

  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  async send(text: string): Promise<ChatMessage> {
    const clean = cleanChatText(text);
    if (!isVisible(clean))
      throw new CodedError('chat-empty', 'There is nothing to see in the message; write something.');
    if (clean.length > chatLengthMax) {
      throw new CodedError('chat-too-long', `The message is too long; ${chatLengthMax} characters fit into one.`);
    }
    const participantId = this.#participantId;
    const said = (taken: { readonly messageId: string; readonly at: number }): ToldMessage => ({
      ...taken,
      participantId,
      name: this.#name,
      text: clean,
    });
    const taken = await this.#context.signaling.request('send-chat', { text: clean }, (value) =>
      this.#add(said(value)),
    );
    return { ...said(taken), isOwn: true };
  }

  follow({ participantId, chat }: RoomSnapshot): void {
    const isFirst = this.#participantId === '';
    this.#participantId = participantId;
    this.#ownIds.add(participantId);
    if (isFirst) this.#messages = chat.map((message) => this.#own(message));
    else for (const message of chat) this.#add(message);
  }

  /** What was said can still be read. */
  close(): void {}

  /** A message that we know already, because its answer or its event was faster, is not told twice. */
  #add(told: ToldMessage): void {
    if (this.#messages.some(({ messageId }) => messageId === told.messageId)) return;
    const message = this.#own(told);
    this.#messages = [...this.#messages, message].slice(-chatLogMax);
    this.#context.events.emit('chatMessage', message);
  }

  #own(message: ToldMessage): ChatMessage {
    return { ...message, isOwn: this.#ownIds.has(message.participantId) };
  }
}
