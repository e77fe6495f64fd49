import { chatTextSchema } from '@rivero/api';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { cleanChatText } from './clean-chat-text.ts';

it.each([
  ['  Hello \n', 'Hello'],
  ['one\r\ntwo\rthree\u2028four\u2029five\u0085six', 'one\ntwo\nthree\nfour\nfive\nsix'],
  ['a\tb', 'a\tb'],
  ['a\u0000b\u001bc\u007fd\u009be', 'abcde'],
  ['\u202etxt.exe\u202c \u2066x\u2069', 'txt.exe x'],
  ['half \ud83d of one', 'half  of one'],
  ['\u{1f468}\u200d\u{1f469}', '\u{1f468}\u200d\u{1f469}'],
  ['Ame\u0301lie', 'Am\u00e9lie'],
  [' \n\t', ''],
])('of %j takes %j', (text, clean) => {
  expect(cleanChatText(text)).toBe(clean);
});

it('of any text makes one that the server takes as it is, if there is anything to see', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      const parsed = chatTextSchema.safeParse(`x${cleanChatText(text)}x`);
      expect(parsed.data).toBe(cleanChatText(`x${cleanChatText(text)}x`));
    }),
  );
});
