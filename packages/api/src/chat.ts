import { z } from 'zod';
import { chatLengthMax } from './limits.ts';
import { isMisleading, isVisible } from './readable-text.ts';
import { spelledText } from './spelled-text.ts';

/** What is said: plain text of one line or more, trimmed, in one spelling (NFC), with something to see. */
export const chatTextSchema = spelledText(chatLengthMax)
  .refine((text) => !isMisleading(text.replaceAll(/[\n\t]/g, '')), 'it has characters that mislead')
  .refine(isVisible, 'it has nothing to see');

/** Say something to everybody in the room. */
export const sendChatRequestSchema = z.object({ text: chatTextSchema });
export type SendChatRequest = Readonly<z.infer<typeof sendChatRequestSchema>>;

/** What was said, as the server took it. */
export interface SendChatResponse {
  readonly messageId: string;
  /** When the server took it: milliseconds since 1970. */
  readonly at: number;
}

/** Something that was said, by somebody who may have left since. */
export interface ChatMessage {
  readonly messageId: string;
  readonly participantId: string;
  /** Of who said it. */
  readonly name: string;
  readonly text: string;
  /** When the server took it: milliseconds since 1970. */
  readonly at: number;
}
