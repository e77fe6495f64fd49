/** The 4 or 16 bytes of a textual IP address, which the caller has made sure is one. */
export function parseIp(ip: string): Uint8Array {
  if (!ip.includes(':')) return Uint8Array.from(ip.split('.'), Number);
  const bytes = new Uint8Array(16);
  const [head = '', tail] = ip.split('::');
  const words = (text: string | undefined): number[] => (text ? text.split(':').flatMap(wordsOf) : []);
  const put = (list: readonly number[], at: number): void => {
    for (const [i, word] of list.entries()) {
      bytes[at + i * 2] = word >> 8;
      bytes[at + i * 2 + 1] = word & 0xff;
    }
  };
  put(words(head), 0);
  const last = words(tail);
  put(last, 16 - last.length * 2);
  return bytes;
}

/** One word, or the two of a dotted last half such as `::ffff:192.0.2.1` has. */
function wordsOf(text: string): number | readonly number[] {
  if (!text.includes('.')) return Number.parseInt(text, 16);
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [(a << 8) | b, (c << 8) | d];
}

/** Canonical text of 4 or 16 bytes (RFC 5952); IPv4-mapped IPv6 is written as IPv4. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) => (bytes[i * 2] << 8) | bytes[i * 2 + 1]);
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) return bytes.subarray(12).join('.');
  const gap = longestZeros(words);
  const text = (list: readonly number[]): string => list.map((word) => word.toString(16)).join(':');
  if (gap.length < 2) return text(words);
  return `${text(words.slice(0, gap.start))}::${text(words.slice(gap.start + gap.length))}`;
}

function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [i, word] of words.entries()) {
    if (word !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}
