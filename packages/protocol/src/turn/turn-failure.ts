/** Why there is no relayed address, or none any more. */
export type TurnFailure =
  /** The server refused to allocate, by an ERROR-CODE (RFC 8656 section 19, RFC 8489 section 14.8). */
  | { readonly type: 'refused'; readonly code: number }
  | { readonly type: 'no-answer' }
  /** Its answer has no relayed address. */
  | { readonly type: 'bad-answer' }
  /** It was there, and is not refreshed any more; without a code there was no answer. */
  | { readonly type: 'lost'; readonly code?: number };
