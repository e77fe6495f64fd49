import type { ClientEvents, Reply } from '@rivero/api';
import { CodedError } from '@rivero/core';

type ValueOf<Name extends keyof ClientEvents> =
  Parameters<Parameters<ClientEvents[Name]>[1]>[0] extends Reply<infer Value> ? Value : never;

/** What is done for each request, whatever the client sent with it; what is thrown is the refusal. */
export type RequestHandlers = {
  readonly [Name in keyof ClientEvents]: (request: unknown) => ValueOf<Name> | Promise<ValueOf<Name>>;
};

interface Schema<Value> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: Value }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[];
        };
      };
}

/**
 * To be asked after the seat: whoever has none is read nothing of. Refused: `request-malformed`, with the name of the first
 * field that is wrong.
 */
export function parseRequest<Value>(schema: Schema<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new CodedError(
    'request-malformed',
    `The request is malformed: ${where === '' ? 'it' : where}: ${issue?.message ?? ''}`,
  );
}
