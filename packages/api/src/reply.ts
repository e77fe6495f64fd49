/** A refused request: a stable code (docs/errors.md) and what to do. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** The answer to every request. */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Refusal };
