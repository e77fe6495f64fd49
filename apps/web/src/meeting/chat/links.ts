/** A piece of what somebody wrote: text as it is, or an address that may be opened. */
export type TextPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string };

/**
 * What may be an address: the characters of RFC 3986 and, behind the host, Chinese ones, as browsers show a path. Right
 * behind a Latin letter they are the next word: they begin behind a `/`, `#`, `=`, `-`, `_` or `+`, or digits behind it.
 * In the host there are none, and nowhere letters of other scripts, so that none can pass for a Latin one (hence no flag
 * `i`: with `u` it takes some in).
 */
const candidates =
  /\b[Hh][Tt][Tt][Pp][Ss]?:\/\/[\w\-.~:@!$&'()*+,;=%[\]]+(?:[/?#](?:[\w\-.~:/?#[\]@!$&'()*+,;=%]|(?<=[\p{Script=Han}/#=\-_+]\d*)\p{Script=Han})*)?/gu;

/** Ends of sentences and of emphasis that stand behind an address more often than in it. */
const trailing = /[.,;:!?'*_~]$/;

/** A bracket at the end belongs to the address when it was opened there. */
function isUnopened(address: string): boolean {
  const pairs = [
    ['(', ')'],
    ['[', ']'],
  ] as const;
  return pairs.some(
    ([open, close]) => address.endsWith(close) && address.split(close).length > address.split(open).length,
  );
}

function withoutTrailing(address: string): string {
  let kept = address;
  while (trailing.test(kept) || isUnopened(kept)) kept = kept.slice(0, -1);
  return kept;
}

/** Undefined: no browser should be led there; what stands before an `@` makes addresses look like others. */
function hrefOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.username === '' && url.password === '' ? url.href : undefined;
}

/** Cuts a text into links and what is between them; joined again it is the text. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(candidates)) {
    const address = withoutTrailing(found);
    const href = hrefOf(address);
    if (href === undefined) continue;
    if (index > end) parts.push({ type: 'text', text: text.slice(end, index) });
    parts.push({ type: 'link', text: address, href });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ type: 'text', text: text.slice(end) });
  return parts;
}
