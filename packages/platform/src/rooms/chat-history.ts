import { chatHistoryLengthMax, chatHistoryMax, type ChatMessage } from '@rivero/api';

/** What was said last in a room: so many messages, and no more text than who enters can be sent at once. */
export class ChatHistory {
  readonly #messages: ChatMessage[] = [];
  #length = 0;

  /** In the order in which they were said. */
  get messages(): readonly ChatMessage[] {
    return [...this.#messages];
  }

  /** The oldest make room for it. */
  add(message: ChatMessage): void {
    this.#messages.push(message);
    this.#length += message.text.length;
    while (this.#messages.length > chatHistoryMax || this.#length > chatHistoryLengthMax) {
      this.#length -= this.#messages.shift()?.text.length ?? 0;
    }
  }
}
