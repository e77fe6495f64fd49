/** Facts about one refusal, for logs and for the message; JSON values only. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * A refused request: something a caller asked for cannot be done, and the caller is told why.
 * `code` is stable, kebab-case, and has a row in docs/errors.md; `message` says what to do, in one sentence.
 */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: string;
  readonly context: ErrorContext;

  constructor(code: string, message: string, context: ErrorContext = {}) {
    super(message);
    this.code = code;
    this.context = context;
  }
}
