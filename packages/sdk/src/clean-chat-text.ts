/** Controls but for line ends and tabs, halves of characters, and what turns the direction of the text behind it. */
const unwanted = /[\p{Cs}\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/gu;

/** What was typed or pasted as the server takes it: without what it refuses, and with one kind of line end. */
export function cleanChatText(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replaceAll(unwanted, '')
    .trim()
    .normalize('NFC');
}
